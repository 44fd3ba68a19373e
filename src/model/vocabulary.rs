//! The words: every coded value with its code, its Chinese and its English label.

use crate::base::lang::Lang;
use crate::base::text::fold_key;

/// One word of the vocabulary. `aliases` are accepted on reading, never written.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub aliases: &'static [&'static str],
}

impl Word {
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }

    /// Whether the text is this word: its code, either label or an alias, folded.
    pub fn matches(&self, text: &str) -> bool {
        if self.code == text {
            return true;
        }
        let key = fold_key(text);
        fold_key(self.code) == key
            || fold_key(self.zh) == key
            || fold_key(self.en) == key
            || key.replace([' ', '-'], "_") == self.code
            || self.aliases.iter().any(|alias| fold_key(alias) == key)
    }

    /// What a cell of a book in this language holds: the Chinese label, or the code.
    pub fn written(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.code)
    }
}

/// A closed set of coded values.
pub trait Code: Copy + Eq + 'static {
    const WORDS: &'static [Word];
    const ALL: &'static [Self];

    fn word(self) -> &'static Word;

    fn code(self) -> &'static str {
        self.word().code
    }

    fn label(self, lang: Lang) -> &'static str {
        self.word().label(lang)
    }

    fn from_text(text: &str) -> Option<Self> {
        // as carebook writes it, before anything is folded
        let exact = |word: &Word| word.code == text || word.zh == text || word.en == text;
        let position = Self::WORDS.iter().position(exact).or_else(|| Self::WORDS.iter().position(|word| word.matches(text)));
        position.map(|i| Self::ALL[i])
    }
}

/// Declares a coded value: variant = code, Chinese, English, aliases.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $zh:literal, $en:literal $(, [$($alias:literal),*])?;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $crate::model::vocabulary::Code for $name {
            const WORDS: &'static [$crate::model::vocabulary::Word] = &[
                $($crate::model::vocabulary::Word { code: $code, zh: $zh, en: $en, aliases: &[$($($alias),*)?] }),+
            ];
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn word(self) -> &'static $crate::model::vocabulary::Word {
                &<Self as $crate::model::vocabulary::Code>::WORDS[self as usize]
            }
        }

        impl $crate::model::cell::Cell for $name {
            const KIND: $crate::model::cell::Kind =
                $crate::model::cell::Kind::Code(<Self as $crate::model::vocabulary::Code>::WORDS);
            fn read(text: &str, _: &$crate::model::cell::Locale) -> Result<Self, $crate::base::problem::What> {
                <Self as $crate::model::vocabulary::Code>::from_text(text).ok_or_else(|| {
                    $crate::base::problem::What::UnknownCode {
                        value: $crate::base::text::truncate(text.trim(), 40),
                        allowed: <Self as $crate::model::vocabulary::Code>::WORDS
                            .iter().map(|w| format!("{} ({})", w.code, w.zh)).collect(),
                    }
                })
            }
            fn write(&self, locale: &$crate::model::cell::Locale) -> String {
                $crate::model::vocabulary::Code::word(*self).written(locale.lang).to_owned()
            }
            fn json(&self, _: &$crate::model::cell::Locale) -> serde_json::Value {
                $crate::model::vocabulary::Code::code(*self).into()
            }
            fn shown(&self, locale: &$crate::model::cell::Locale, lang: $crate::base::lang::Lang) -> String {
                let _ = locale;
                $crate::model::vocabulary::Code::label(*self, lang).to_owned()
            }
        }
    };
}
pub(crate) use codes;
