//! Which customers are held against each other: not all against all, but those who share a phone, an email, an address, a
//! name, or rare pairs of characters of a name. What very many share is no ground for comparing, and is told.

use std::collections::{HashMap, HashSet};

use super::{Desk, Pair, Profile};
use crate::model::rules::duplicates::Sign;

/// Customers who share a phone, an email or a name from which on it says nothing.
const MANY: usize = 50;
/// Names that share a pair of characters from which on it is passed over: those names are found by their rarer pairs.
const COMMON: usize = 100;

/// What a shared name alone gives.
const BY_NAME: [Sign; 3] = [Sign::SameCompany, Sign::SameCore, Sign::SameName];
/// What is ground for comparing without the name.
const GROUNDS: [Sign; 3] = [Sign::SamePhone, Sign::SameEmail, Sign::SameAddress];

/// What very many share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Crowd {
    Phone,
    Email,
    Name,
}

impl Crowd {
    pub fn code(self) -> &'static str {
        match self {
            Crowd::Phone => "phone",
            Crowd::Email => "email",
            Crowd::Name => "name",
        }
    }
}

/// Something so many customers share that it was not compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowded {
    pub crowd: Crowd,
    pub value: String,
    pub customers: usize,
}

/// The pairs of an archive, the likeliest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found<'a> {
    pub pairs: Vec<Pair<'a>>,
    pub crowded: Vec<Crowded>,
}

/// Those of `others` who may be the same as one customer, the likeliest first. They stream by; who is out of the question
/// is let go.
pub fn among<'a>(desk: &Desk<'_>, one: &Profile<'a>, others: impl Iterator<Item = Profile<'a>>, least: i32) -> Vec<Pair<'a>> {
    // what many share is taken off afterwards, and may have spoken against
    let slack = desk.rules.points(Sign::OtherPhone) + desk.rules.points(Sign::OtherEmail);
    let (mut phones, mut emails) = (vec![1; one.phones.len()], vec![1; one.emails.len()]);
    let (mut near, mut named) = (Vec::new(), 1);
    for other in others.filter(|other| other.customer.id != one.customer.id) {
        for (count, phone) in phones.iter_mut().zip(&one.phones) {
            *count += usize::from(other.phones.iter().any(|theirs| theirs.number == phone.number));
        }
        for (count, email) in emails.iter_mut().zip(&one.emails) {
            *count += usize::from(other.emails.contains(email));
        }
        named += usize::from(!one.name.core.is_empty() && other.name.core == one.name.core);
        if desk.judge(one, &other).0 >= least + slack && !desk.is_settled(one.customer, other.customer) {
            near.push(other);
        }
    }
    let mut one = one.clone();
    let rare = |counts: Vec<usize>| counts.into_iter().map(|count| count <= MANY);
    let (mut phones, mut emails) = (rare(phones), rare(emails));
    one.phones.retain(|_| phones.next().unwrap_or(true));
    one.emails.retain(|_| emails.next().unwrap_or(true));
    let mut found: Vec<Pair<'a>> = near.iter().filter_map(|other| pair(desk, &one, other, least)).collect();
    if named > MANY {
        let has = |pair: &Pair<'_>, signs: &[Sign]| pair.reasons.iter().any(|reason| signs.contains(&reason.sign));
        found.retain(|pair| !has(pair, &BY_NAME) || has(pair, &GROUNDS));
    }
    sorted(desk, found)
}

/// The pairs of an archive with at least so many points; of those `asked` for alone, where it is given.
pub fn pairs<'a>(desk: &Desk<'_>, mut profiles: Vec<Profile<'a>>, least: i32, asked: Option<&HashSet<&str>>) -> Found<'a> {
    let mut crowded = Vec::new();
    let keyed = Keys::of(&profiles);
    let (phones, emails) = (keyed.crowd(Crowd::Phone), keyed.crowd(Crowd::Email));
    crowded.extend(phones.iter().chain(&emails).cloned().chain(keyed.crowd(Crowd::Name)));
    let is_asked = |at: u32| asked.is_none_or(|asked| asked.contains(profiles[at as usize].customer.id.as_str()));
    let mut candidates: Vec<(u32, u32)> = Vec::new();
    let mut compare = |list: &[u32], alike: &dyn Fn(u32, u32) -> bool| {
        for (at, one) in list.iter().enumerate() {
            let asked = list[at + 1..].iter().filter(|other| is_asked(*one) || is_asked(**other));
            candidates.extend(asked.filter(|other| alike(*one, **other)).map(|other| (*one, *other)));
        }
    };
    keyed.lists().filter(|list| list.len() <= MANY).for_each(|list| compare(list, &|_, _| true));
    // equal names are in a list of their own, or are too many
    let core = |at: u32| profiles[at as usize].name.core.as_str();
    let rare = by_rare_pairs(&profiles, desk.rules.likeness);
    rare.values().filter(|list| list.len() <= COMMON).for_each(|list| compare(list, &|one, other| core(one) != core(other)));
    drop(rare);
    drop(keyed);
    candidates.sort_unstable();
    candidates.dedup();
    let (phones, emails) = (values(&phones), values(&emails));
    for profile in &mut profiles {
        profile.phones.retain(|phone| !phones.contains(phone.number.as_str()));
        profile.emails.retain(|email| !emails.contains(email.as_str()));
    }
    let of = |at: u32| &profiles[at as usize];
    let open = |(one, other): &(u32, u32)| !desk.is_settled(of(*one).customer, of(*other).customer);
    let found = candidates.into_iter().filter(open).filter_map(|(one, other)| pair(desk, of(one), of(other), least)).collect();
    Found { pairs: sorted(desk, found), crowded }
}

fn values(crowded: &[Crowded]) -> HashSet<&str> {
    crowded.iter().map(|crowd| crowd.value.as_str()).collect()
}

fn pair<'a>(desk: &Desk<'_>, one: &Profile<'a>, other: &Profile<'a>, least: i32) -> Option<Pair<'a>> {
    let (score, reasons) = desk.judge(one, other);
    if score < least {
        return None;
    }
    // of two, the one that stands comes first
    let (one, other) = if one.customer.is_active() { (one.customer, other.customer) } else { (other.customer, one.customer) };
    let merged_into = Some(desk.merged.survivor(other.id.as_str())).filter(|survivor| *survivor != other.id.as_str());
    Some(Pair { one, other, score, reasons, merged_into: merged_into.map(str::to_owned) })
}

/// The likeliest first. One who is told with a customer is not told again with those who went into that customer.
fn sorted<'a>(desk: &Desk<'_>, mut pairs: Vec<Pair<'a>>) -> Vec<Pair<'a>> {
    let key = |a: &str, b: &str| if a < b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) };
    let stands = |pair: &Pair<'_>| key(pair.one.id.as_str(), desk.merged.survivor(pair.other.id.as_str()));
    pairs.sort_by(|a, b| {
        let merged = |pair: &Pair<'_>| pair.merged_into.is_some();
        merged(a).cmp(&merged(b)).then(b.score.cmp(&a.score)).then_with(|| (&a.one.id, &a.other.id).cmp(&(&b.one.id, &b.other.id)))
    });
    let mut told = HashSet::new();
    pairs.retain(|pair| told.insert(stands(pair)));
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.score));
    pairs
}

#[derive(Debug, PartialEq, Eq, Hash, Clone, Copy)]
enum Key<'p> {
    Crowd(Crowd, &'p str),
    Address(&'p str),
}

/// Positions by what they share, in the order of the archive.
struct Keys<'p> {
    by: HashMap<Key<'p>, Vec<u32>>,
}

impl<'p> Keys<'p> {
    fn of(profiles: &'p [Profile<'_>]) -> Keys<'p> {
        let mut by: HashMap<Key<'p>, Vec<u32>> = HashMap::new();
        for (at, profile) in (0_u32..).zip(profiles) {
            let phones = profile.phones.iter().map(|phone| Key::Crowd(Crowd::Phone, &phone.number));
            let emails = profile.emails.iter().map(|email| Key::Crowd(Crowd::Email, email));
            let name = Some(Key::Crowd(Crowd::Name, &profile.name.core)).filter(|_| !profile.name.core.is_empty());
            let address = Some(Key::Address(&profile.address)).filter(|_| !profile.address.is_empty());
            for key in phones.chain(emails).chain(name).chain(address) {
                let list = by.entry(key).or_default();
                // two extensions of one number are one key
                if list.last() != Some(&at) {
                    list.push(at);
                }
            }
        }
        Keys { by }
    }

    fn lists(&self) -> impl Iterator<Item = &Vec<u32>> {
        self.by.values()
    }

    /// What more than [`MANY`] share, the largest first.
    fn crowd(&self, crowd: Crowd) -> Vec<Crowded> {
        let is = |(key, list): (&Key<'p>, &Vec<u32>)| match key {
            Key::Crowd(kind, value) if *kind == crowd && list.len() > MANY => {
                Some(Crowded { crowd, value: (*value).to_owned(), customers: list.len() })
            }
            _ => None,
        };
        let mut found: Vec<Crowded> = self.by.iter().filter_map(is).collect();
        found.sort_by(|a, b| b.customers.cmp(&a.customers).then_with(|| a.value.cmp(&b.value)));
        found
    }
}

/// A pair of characters, and the how-manieth of its kind in a name.
type Token = ((char, char), u32);

/// Names by their rarest pairs of characters: two names that are alike enough share at least one of those. Of n pairs, at
/// least n × L ÷ (200 − L) must be shared to be L per cent alike, so all but so many of the rarest may be left out.
fn by_rare_pairs(profiles: &[Profile<'_>], likeness: u32) -> HashMap<Token, Vec<u32>> {
    let mut often: HashMap<Token, u32> = HashMap::new();
    for profile in profiles {
        tokens(profile, &mut |token| *often.entry(token).or_default() += 1);
    }
    let mut lists: HashMap<Token, Vec<u32>> = HashMap::new();
    for (at, profile) in (0_u32..).zip(profiles) {
        let mut own: Vec<(u32, Token)> = Vec::new();
        tokens(profile, &mut |token| own.push((often[&token], token)));
        own.sort_unstable();
        let shared = (own.len() * likeness as usize).div_ceil(200 - likeness as usize);
        let looked_at = (own.len() + 1).saturating_sub(shared);
        // one that stands alone leads nowhere
        for (_, token) in own.into_iter().take(looked_at).filter(|(often, _)| *often > 1) {
            lists.entry(token).or_default().push(at);
        }
    }
    lists
}

fn tokens(profile: &Profile<'_>, each: &mut dyn FnMut(Token)) {
    let mut before: Option<Token> = None;
    for pair in profile.pairs.all() {
        let token = match before {
            Some((last, n)) if last == *pair => (*pair, n + 1),
            _ => (*pair, 0),
        };
        each(token);
        before = Some(token);
    }
}
