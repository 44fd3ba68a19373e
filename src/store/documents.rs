//! What people write beside the tables: rules, maps, surveys, templates.

use super::beyond::Kind;
use super::book::{Book, Ruled, lift};
use super::disk::hash;
use super::layout;
use super::load;
use super::yaml_file;
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::draft::Document;
use crate::model::rules::archive::{ArchiveRules, RawArchive};
use crate::model::rules::assignment::{AssignmentRules, RawAssignment};
use crate::model::rules::calendar::{Calendar, RawCalendar};
use crate::model::rules::categories::{CategoryRules, RawCategories};
use crate::model::rules::cn_days::CnDays;
use crate::model::rules::comments::{CommentRules, RawComments};
use crate::model::rules::duplicates::{DuplicateRules, RawDuplicates};
use crate::model::rules::feedback::{FeedbackRules, RawFeedback};
use crate::model::rules::lifecycle::{LifecycleRules, RawLifecycle};
use crate::model::rules::points::{PointsRules, RawPoints};
use crate::model::rules::practices::{PracticeRules, RawPractices};
use crate::model::rules::report::{RawReport, ReportRules};
use crate::model::rules::revisits::{RawRevisits, RevisitRules};
use crate::model::rules::service::{RawService, ServiceRules};
use crate::model::rules::severity::{RawSeverity, SeverityRules};
use crate::model::rules::tiers::{RawTiers, TierRules};
use crate::model::survey_file::{RawSurvey, SurveyFile};

/// The largest template, in bytes.
const MOST_OF_A_TEMPLATE: u64 = 1024 * 1024;

impl Book {
    /// The tier rules in force.
    pub fn tier_rules(&self) -> Result<Ruled<TierRules>, Problems> {
        self.rules("tiers", |raw: RawTiers| raw.check())
    }

    /// Tier rules from any file.
    pub fn tier_rules_of(name: &str, bytes: &[u8]) -> Result<Ruled<TierRules>, Problems> {
        let raw: RawTiers = yaml_file::parse(name, bytes)?;
        let rules = raw.check().map_err(|problems| yaml_file::place(problems, name, &String::from_utf8_lossy(bytes)))?;
        Ok(Ruled { rules, hash: hash(bytes)[..8].to_owned() })
    }

    /// The revisit rules in force.
    pub fn revisit_rules(&self) -> Result<Ruled<RevisitRules>, Problems> {
        self.rules("revisits", |raw: RawRevisits| raw.check())
    }

    /// The service targets in force.
    pub fn service_rules(&self) -> Result<Ruled<ServiceRules>, Problems> {
        self.rules("service", |raw: RawService| raw.check())
    }

    /// The working calendar in force. Its version is that of both its files.
    pub fn calendar(&self) -> Result<Ruled<Calendar>, Problems> {
        let (cn, notices) = self.cn_days()?;
        let Ruled { rules, hash: own } = self.rules("calendar", |raw: RawCalendar| raw.check(self.settings.zone, cn.clone()))?;
        let version = notices.map(|notices| hash(format!("{own} {notices}").as_bytes())[..8].to_owned());
        Ok(Ruled { rules, hash: version.unwrap_or(own) })
    }

    /// A calendar from any file; the book, where there is one, lends its time zone and its file of notices.
    pub fn calendar_of(book: Option<&Book>, name: &str, bytes: &[u8]) -> Result<Calendar, Problems> {
        let cn = book.map_or_else(|| Ok(CnDays::built_in()), |book| book.cn_days().map(|(cn, _)| cn))?;
        let zone = book.map_or(chrono_tz::UTC, |book| book.settings.zone);
        let raw: RawCalendar = yaml_file::parse(name, bytes)?;
        raw.check(zone, cn).map_err(|problems| yaml_file::place(problems, name, &String::from_utf8_lossy(bytes)))
    }

    /// China's days, those of the book's own file in place of the built-in years, and the hash of that file.
    fn cn_days(&self) -> Result<(CnDays, Option<String>), Problems> {
        let Some(text) = self.text(layout::CN_DAYS)? else { return Ok((CnDays::built_in(), None)) };
        let own = CnDays::parse(layout::CN_DAYS, &text)?;
        Ok((CnDays::built_in().replaced_by(own), Some(hash(text.as_bytes()))))
    }

    /// The assignment rules in force: none without the file. Tiers stand in them by their codes.
    pub fn assignment_rules(&self) -> Result<Ruled<AssignmentRules>, Problems> {
        let ruled = self.rules("assignment", |raw: RawAssignment| raw.check())?;
        let named = ruled.rules.rules.iter().any(|rule| !rule.when.tier.is_empty());
        let rules = if named { ruled.rules.with_tiers(&self.tier_rules()?.rules) } else { ruled.rules };
        Ok(Ruled { rules, hash: ruled.hash })
    }

    /// The categories of requests, what they ask for, and the root causes.
    pub fn category_rules(&self) -> Result<Ruled<CategoryRules>, Problems> {
        self.rules("categories", |raw: RawCategories| raw.check())
    }

    /// What happens after the resolution.
    pub fn feedback_rules(&self) -> Result<Ruled<FeedbackRules>, Problems> {
        self.rules("feedback", |raw: RawFeedback| raw.check())
    }

    /// Which words of a comment speak of what.
    pub fn comment_rules(&self) -> Result<Ruled<CommentRules>, Problems> {
        self.rules("comments", |raw: RawComments| raw.check())
    }

    /// What speaks for two customers being one.
    pub fn duplicate_rules(&self) -> Result<Ruled<DuplicateRules>, Problems> {
        self.rules("duplicates", |raw: RawDuplicates| raw.check())
    }

    /// What keeps the archive true.
    pub fn archive_rules(&self) -> Result<Ruled<ArchiveRules>, Problems> {
        self.rules("archive", |raw: RawArchive| raw.check())
    }

    /// The points scheme in force: none without the file. A multiplier names tiers by their codes.
    pub fn points_rules(&self) -> Result<Ruled<PointsRules>, Problems> {
        let codes: Vec<String> = self.tier_rules()?.rules.tiers.into_iter().map(|tier| tier.code).collect();
        self.rules("points", |raw: RawPoints| raw.check(&codes))
    }

    /// What the periodic report shows, and when it suggests something.
    pub fn report_rules(&self) -> Result<Ruled<ReportRules>, Problems> {
        self.rules("report", |raw: RawReport| raw.check())
    }

    /// When a customer is new, loyal, a problem, silent or lost.
    pub fn lifecycle_rules(&self) -> Result<Ruled<LifecycleRules>, Problems> {
        self.rules("lifecycle", |raw: RawLifecycle| raw.check())
    }

    /// What is done for the customers of each lifecycle class.
    pub fn practice_rules(&self) -> Result<Ruled<PracticeRules>, Problems> {
        self.rules("practices", |raw: RawPractices| raw.check())
    }

    /// How grave a request is, and what may be the same matter.
    pub fn severity_rules(&self) -> Result<Ruled<SeverityRules>, Problems> {
        self.rules("severity", |raw: RawSeverity| raw.check())
    }

    fn rules<Raw: Default + serde::de::DeserializeOwned, T>(
        &self,
        name: &str,
        check: impl Fn(Raw) -> Result<T, Problems>,
    ) -> Result<Ruled<T>, Problems> {
        let path = layout::document(&Document::Rules(name.to_owned()));
        let Some(bytes) = self.document_bytes(&path)? else {
            return check(Raw::default()).map(|rules| Ruled { rules, hash: "built-in".into() });
        };
        let raw: Raw = yaml_file::parse(&path, &bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let rules = check(raw).map_err(|problems| yaml_file::place(problems, &path, &text))?;
        Ok(Ruled { rules, hash: hash(&bytes)[..8].to_owned() })
    }

    /// The text of a document, when there is one.
    pub fn document(&self, document: &Document) -> Result<Option<String>, Problems> {
        self.text(&layout::document(document))
    }

    /// The file name of a document, for messages.
    pub fn document_name(document: &Document) -> String {
        layout::document(document)
    }

    /// Reads a document into plain option structs, with places for what is wrong.
    pub fn parse_document<T: serde::de::DeserializeOwned>(&self, document: &Document) -> Result<Option<(T, String)>, Problems> {
        let Some(text) = self.document(document)? else { return Ok(None) };
        let raw = yaml_file::parse(&layout::document(document), text.as_bytes())?;
        Ok(Some((raw, text)))
    }

    /// Gives problems found while checking a document their file and line.
    pub fn place_in(document: &Document, text: &str, problems: Problems) -> Problems {
        yaml_file::place(problems, &layout::document(document), text)
    }

    /// A survey's columns, questions and scales; `None` when nothing describes it.
    pub fn survey(&self, name: &str) -> Result<Option<SurveyFile>, Problems> {
        let document = Document::Survey(name.to_owned());
        let Some((raw, text)) = self.parse_document::<RawSurvey>(&document)? else { return Ok(None) };
        raw.check().map(Some).map_err(|problems| Book::place_in(&document, &text, problems))
    }

    /// The names of the book's surveys, sorted.
    pub fn surveys(&self) -> Result<Vec<String>, Problems> {
        load::surveys(&self.disk).map_err(lift)
    }

    /// The names of the book's saved maps, sorted.
    pub fn maps(&self) -> Result<Vec<String>, Problems> {
        load::maps(&self.disk).map_err(lift)
    }

    /// Puts a template into the book for its owner to change; answers whether it was not there yet. It is theirs from then on:
    /// no change of carebook's rewrites it, and no log tells of it.
    pub fn create_template(&self, name: &str, text: &str) -> Result<bool, Problems> {
        let path = layout::template(name);
        let folder = path.rsplit_once('/').map_or(layout::TEMPLATES, |(folder, _)| folder).to_owned();
        self.disk.make_folder(&folder).map_err(lift)?;
        for part in [layout::TEMPLATES, &folder] {
            if self.disk.owned(part).map_err(lift)?.is_some_and(|owned| owned.kind == Kind::Special) {
                return Err(lift(super::disk::special(part)));
            }
        }
        if self.disk.has(&path).map_err(lift)? {
            return Ok(false);
        }
        self.disk.create(&path, text.as_bytes(), None).map_err(lift)?;
        self.disk.sync_folder(&folder).map_err(lift)?;
        Ok(true)
    }

    /// The owner's templates by name, such as `letters/_footer.html`: plain files right in their folders, no links, none larger
    /// than a megabyte.
    pub fn templates(&self) -> Result<Vec<(String, String)>, Problems> {
        let mut found = Vec::new();
        if let Some(documents) = &self.documents {
            let of = |(path, text): (&String, &String)| Some((path.strip_prefix("templates/")?.to_owned(), text.clone()));
            return Ok(documents.iter().filter_map(of).collect());
        }
        for folder in layout::TEMPLATE_FOLDERS {
            let path = layout::template(folder);
            for part in [layout::TEMPLATES, &path] {
                if self.disk.owned(part).map_err(lift)?.is_some_and(|owned| owned.kind == Kind::Special) {
                    return Err(lift(super::disk::special(part)));
                }
            }
            for file in self.disk.list(&path).map_err(lift)?.into_iter().filter(|file| layout::is_template(file)) {
                let name = format!("{folder}/{file}");
                let path = layout::template(&name);
                if self.disk.stat(&path).map_err(lift)?.is_some_and(|stat| stat.size > MOST_OF_A_TEMPLATE) {
                    return Err(vec![Problem::error(What::TooLarge { limit: "1 MB".into() }).at(Place::file(path))]);
                }
                if let Some(text) = self.text(&path)? {
                    found.push((name, text));
                }
            }
        }
        Ok(found)
    }

    /// A document as it is, or as it was where the documents of then are asked.
    fn document_bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Problems> {
        match &self.documents {
            Some(documents) => Ok(documents.get(path).map(|text| text.clone().into_bytes())),
            None => self.disk.read(path).map_err(lift),
        }
    }

    fn text(&self, path: &str) -> Result<Option<String>, Problems> {
        let Some(bytes) = self.document_bytes(path)? else { return Ok(None) };
        let text = String::from_utf8(bytes).map_err(|_| vec![Problem::error(What::NotUtf8).at(Place::file(path))])?;
        Ok(Some(text.trim_start_matches('\u{FEFF}').to_owned()))
    }
}
