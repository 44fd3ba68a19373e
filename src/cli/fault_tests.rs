//! Every verb with every call to the disk failing, once and for good, and with a kill before each: the book is as
//! before or as after, the exit code tells which, and the next command finishes or forgets what was begun. Then the
//! same again within the recovery.

#![expect(clippy::disallowed_methods, reason = "tests make their own files")]

mod tree;
mod verbs;

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;

use tree::{Tree, capture, restore, visible};
use verbs::{
    CHECKLISTS, CLOSE, COLUMN, DAY, EDIT, EDITED, ERASE, FIRST, FOLLOW_UP, MOVE, ORDERS, OUTCOME, PEOPLE, QUARTER, REDO, RELEASE, REMOVED,
    RETURNED, RULES, SEAL, SURVEY, UNDO, UNDO_OF_A_FILE, VERB, Verb,
};

use crate::host::Host;
use crate::store::Book;
use crate::store::faults::plan::{EACCES, EIO, ENOSPC, Fate, Plan, under};

#[derive(Clone, Default)]
struct Words(Rc<RefCell<Vec<u8>>>);

impl Write for Words {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    Done,
    Failed,
    Uncertain,
    Killed,
}

/// Which state of the book a tree is or becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    After,
}

/// A folder for books, and the commands on it.
struct Place {
    folder: tempfile::TempDir,
    /// What is on the disk now, as far as known.
    tree: Option<Rc<Tree>>,
}

impl Place {
    fn new() -> Place {
        // memory where there is some: thousands of small books are written
        let memory = Path::new("/dev/shm");
        let folder = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        std::fs::create_dir(folder.path().join("book")).unwrap();
        Place { folder, tree: None }
    }

    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("book")
    }

    fn put(&mut self, tree: &Rc<Tree>) {
        let now = self.tree.take().unwrap_or_else(|| self.look());
        restore(&self.root(), &now, tree);
        self.tree = Some(Rc::clone(tree));
    }

    fn look(&mut self) -> Rc<Tree> {
        let tree = Rc::new(capture(&self.root()));
        self.tree = Some(Rc::clone(&tree));
        tree
    }

    fn host(&self, today: &str, args: &[&str]) -> (Host, Words) {
        let words = Words::default();
        let env = [("CAREBOOK_TODAY", today), ("CAREBOOK_ACTOR", "tester"), ("CAREBOOK_LANG", "en")];
        let host = Host {
            now: 1_791_417_600,
            env: env.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            args: std::iter::once("carebook").chain(args.iter().copied()).map(str::to_owned).collect(),
            folder: self.root(),
            stdin_is_terminal: false,
            stdout_is_terminal: false,
            stderr_is_terminal: false,
            out: Box::new(words.clone()),
            err: Box::new(words.clone()),
        };
        (host, words)
    }

    /// Runs a command under a plan of faults.
    fn run(&mut self, verb: &Verb, plan: Plan) -> (End, Plan, String) {
        let (mut host, words) = self.host(verb.today, verb.args);
        self.tree = None;
        let (code, plan) = under(plan, || crate::run(&mut host));
        let end = match code {
            None => End::Killed,
            Some(0) => End::Done,
            Some(7) => End::Uncertain,
            Some(_) => End::Failed,
        };
        let words = String::from_utf8(words.0.borrow().clone()).unwrap();
        (end, plan, words)
    }

    #[track_caller]
    fn well(&mut self, today: &'static str, args: &'static [&'static str]) -> String {
        let (end, _, words) = self.run(&Verb { today, args, ..VERB }, Plan::default());
        assert_eq!(end, End::Done, "{args:?}: {words}");
        words
    }

    fn write(&mut self, name: &str, text: &str) {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self.tree = None;
    }
}

/// Every way a call can fail. Which error it is matters only when it stays: a full disk still lets files be removed.
const FATES: &[Fate] =
    &[Fate::Once(EIO), Fate::FromThenOn(EIO), Fate::FromThenOn(ENOSPC), Fate::FromThenOn(EACCES), Fate::Killed, Fate::KilledWriting];

/// The ways that end a command.
const KILLS: &[Fate] = &[Fate::Killed, Fate::KilledWriting];

/// One verb's sweep: what is known of it and what came out so far.
struct Sweep {
    place: Place,
    verb: Verb,
    before: Rc<Tree>,
    after: Rc<Tree>,
    /// What `check` says of the book before.
    said: (End, String),
    known: HashMap<Rc<Tree>, State>,
    points: usize,
}

impl Sweep {
    fn of(verb: Verb) -> Sweep {
        let mut place = Place::new();
        (verb.prepare)(&mut place);
        let before = place.look();
        let first = place.check();
        place.put(&before);
        let (end, _, words) = place.run(&verb, plan(&verb, 0, None));
        assert_eq!(end, End::Done, "{words}");
        let after = place.look();
        assert_ne!(visible(&before), visible(&after), "nothing changed: {words}");
        assert_eq!(place.check(), (End::Done, String::new()));
        Sweep { place, verb, before, after, said: first, known: HashMap::new(), points: 0 }
    }

    /// Every call failing in every way. Gives the trees that a recovery has to deal with.
    fn command(&mut self, fates: &[Fate]) -> Vec<Rc<Tree>> {
        let mut begun = Vec::new();
        for fate in fates {
            for at in 0.. {
                let before = Rc::clone(&self.before);
                self.place.put(&before);
                let (end, plan, words) = self.place.run(&self.verb, plan(&self.verb, at, Some(*fate)));
                if !plan.fired {
                    break;
                }
                self.points += 1;
                let tree = self.place.look();
                let label = format!("{:?}, {fate:?} at {at}: {end:?}\n{words}", self.verb.args);
                let new = !self.known.contains_key(&tree);
                let state = self.settle(&tree, &label);
                match end {
                    End::Done => assert_eq!(state, State::After, "success was a lie: {label}"),
                    End::Failed => assert_ne!(state, State::After, "failure was a lie: {label}"),
                    End::Uncertain | End::Killed => {}
                }
                if new && (tree.contains_key(".carebook/txn") || tree.contains_key(".carebook/stage")) {
                    begun.push(tree);
                }
            }
        }
        begun
    }

    /// What comes of a tree without faults: one of the two states, by reading; and the next writer leaves nothing behind.
    fn settle(&mut self, tree: &Rc<Tree>, label: &str) -> State {
        if let Some(state) = self.known.get(tree) {
            return *state;
        }
        self.place.put(tree);
        let said = self.place.check();
        let read = self.place.look();
        let state = match visible(&read) {
            seen if seen == visible(&self.before) => State::Before,
            seen if seen == visible(&self.after) => State::After,
            _ => panic!("a third state: {label}\n{:#?}", differences(&self.before, &read)),
        };
        let clean = (End::Done, String::new());
        let expected = if state == State::Before { self.said.clone() } else { clean };
        assert_eq!(said, expected, "{label}");
        self.refuse_traces(&read, state, label);
        self.place.well("2027-01-06", &["customer", "add", "Next", "-q"]);
        let next = self.place.look();
        let left = next.keys().filter(|name| name.starts_with(".carebook/") && !is_expected(name)).collect::<Vec<_>>();
        assert!(left.is_empty(), "{left:?} left behind: {label}");
        assert_eq!(self.place.check(), expected, "after the next change: {label}");
        self.known.insert(Rc::clone(tree), state);
        state
    }

    /// What was erased is in no file any more, the hidden ones included.
    fn refuse_traces(&self, tree: &Tree, state: State, label: &str) {
        let Some(text) = self.verb.gone.filter(|_| state == State::After) else { return };
        let has =
            |node: &Option<(Vec<u8>, _)>| node.as_ref().is_some_and(|(bytes, _)| bytes.windows(text.len()).any(|w| w == text.as_bytes()));
        let left: Vec<&String> = tree.iter().filter(|(_, node)| has(node)).map(|(name, _)| name).collect();
        assert!(left.is_empty(), "{text} is still in {left:?}: {label}");
    }

    /// The same within the recovery of every tree: whatever happens to it, the tree still becomes what it would have.
    fn recovery(&mut self, begun: &[Rc<Tree>], fates: &[Fate]) {
        for tree in begun {
            let expected = self.settle(tree, "again");
            for fate in fates {
                for at in 0.. {
                    self.place.put(tree);
                    let root = self.place.root();
                    self.place.tree = None;
                    let now = crate::base::instant::Instant::from_utc(chrono::DateTime::UNIX_EPOCH);
                    let open = || Book::open(root).and_then(|mut book| book.begin("recovery", now).map(drop)).is_ok();
                    let (_, plan) = under(plan(&self.verb, at, Some(*fate)), open);
                    if !plan.fired {
                        break;
                    }
                    self.points += 1;
                    let left = self.place.look();
                    let label = format!("{:?}, recovery {fate:?} at {at}", self.verb.args);
                    assert_eq!(self.settle(&left, &label), expected, "{label}");
                }
            }
        }
    }
}

impl Place {
    fn check(&mut self) -> (End, String) {
        let (end, _, words) = self.run(&Verb { args: &["check"], ..VERB }, Plan::default());
        (end, words)
    }
}

fn plan(verb: &Verb, at: usize, fate: Option<Fate>) -> Plan {
    Plan { at, fate, no_exchange: verb.no_exchange, no_links: verb.no_links, ..Plan::default() }
}

/// What lies in the hidden folder when nothing is going on.
fn is_expected(name: &str) -> bool {
    let name = name.trim_start_matches(".carebook/");
    matches!(name, ".gitignore" | "lock" | "holder" | "state") || matches!(name.split('/').next(), Some("undo" | "base" | "exports"))
}

/// Where files begin to differ, and how they go on there.
fn differences(before: &Tree, now: &Tree) -> Vec<String> {
    let bytes = |tree: &Tree, name: &String| tree.get(name).and_then(Clone::clone).map(|(bytes, _)| bytes).unwrap_or_default();
    let names = before.keys().chain(now.keys()).filter(|name| !name.starts_with(".carebook"));
    let differ = names.collect::<std::collections::BTreeSet<_>>().into_iter().filter_map(|name| {
        let (old, new) = (bytes(before, name), bytes(now, name));
        let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        let rest = |bytes: &[u8]| String::from_utf8_lossy(&bytes[same..bytes.len().min(same + 100)]).into_owned();
        (old != new).then(|| format!("{name} from byte {same}: {:?} → {:?}", rest(&old), rest(&new)))
    });
    differ.collect()
}

fn sweep(verb: Verb, fates: &[Fate], recovery: &[Fate]) {
    let mut sweep = Sweep::of(verb);
    let mut begun = sweep.command(fates);
    // what was only being prepared is swept away, the fullest of it stands for all
    let mut prepared = begun.extract_if(.., |tree| !tree.contains_key(".carebook/txn")).max_by_key(|tree| tree.len());
    begun.extend(prepared.take());
    let first = sweep.points;
    sweep.recovery(&begun, recovery);
    let second = sweep.points - first;
    // a sweep that became idle must not pass for a good one
    assert!(first > 100 && second > 300 && begun.len() > 3, "{first} faults, {} to recover, {second} in recovery", begun.len());
}

/// The kinds of fault that differ most, for verbs whose way to the disk is that of another one.
const MAIN_FATES: &[Fate] = &[Fate::Once(EIO), Fate::FromThenOn(ENOSPC), Fate::Killed, Fate::KilledWriting];

macro_rules! sweeps {
    ($fates:expr; $($name:ident: $verb:expr;)+) => {
        $(#[test]
        fn $name() {
            sweep($verb, $fates, KILLS);
        })+
    };
}

sweeps! {
    FATES;
    the_first_change_of_a_new_book: FIRST;
    a_change_of_several_tables: CLOSE;
    imported_orders_with_replaced_lines: ORDERS;
    an_undo_that_removes_files: UNDO_OF_A_FILE;
}

sweeps! { MAIN_FATES;
    an_edited_record: EDIT;
    a_column_of_the_owners: COLUMN;
    a_visit_and_what_follows: OUTCOME;
    a_new_quarter: QUARTER;
    a_move_between_files: MOVE;
    imported_customers_and_a_map: PEOPLE;
    an_edited_export: RETURNED;
    a_rule_file: RULES;
    checklists_of_several_quarters: CHECKLISTS;
    a_contact_who_is_named: REMOVED;
    a_survey: SURVEY;
    a_follow_up: FOLLOW_UP;
    an_undo: UNDO;
    a_redo: REDO;
    a_hand_edit_before: EDITED;
    customers_released_by_the_rule: RELEASE;
    an_erased_customer: ERASE;
}

// what fails is told above; here the other ways to put a file in its place are cut off
sweeps! {
    KILLS;
    a_file_system_without_exchange: Verb { no_exchange: true, ..EDIT };
    // it reads a whole report, which is many calls: kills alone
    a_sealed_report: SEAL;
    a_file_system_without_exchange_and_links: Verb { no_exchange: true, no_links: true, ..EDIT };
    a_file_system_without_links: Verb { no_links: true, ..FIRST };
}

/// A new book is not made by a transaction: half made it is no book yet, and the same command makes it whole.
fn makes_a_book(args: &'static [&'static str]) {
    let mut place = Place::new();
    let nothing = place.look();
    let verb = Verb { args, ..VERB };
    place.well(DAY, args);
    let whole = place.look();
    let mut known: Vec<Rc<Tree>> = Vec::new();
    for fate in FATES {
        for at in 0.. {
            place.put(&nothing);
            let (end, plan, words) = place.run(&verb, plan(&verb, at, Some(*fate)));
            if !plan.fired {
                break;
            }
            let label = format!("{args:?}, {fate:?} at {at}: {end:?}\n{words}");
            let left = place.look();
            if known.contains(&left) {
                continue;
            }
            if left.contains_key("carebook.yaml") {
                assert_eq!(place.check(), (End::Done, String::new()), "{label}");
            } else {
                assert_ne!(end, End::Done, "{label}");
                let (end, _, words) = place.run(&verb, Plan::default());
                assert_eq!(end, End::Done, "{label}: the second time {words}");
            }
            assert!(visible(&place.look()) == visible(&whole), "{label}");
            known.push(left);
        }
    }
}

#[test]
fn a_new_book() {
    makes_a_book(&["init", ".", "--name", "Tea", "--language", "en", "--time-zone", "UTC", "--currency", "CNY"]);
}

#[test]
fn the_demo_book() {
    makes_a_book(&["demo", "."]);
}
