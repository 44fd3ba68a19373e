//! `carebook.yaml` as it is found: of today's format, of an older one, or of a newer one.

use super::disk::Disk;
use super::{layout, yaml_file};
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::settings::{FORMAT, RawSettings, Settings};

/// The one key that every format has in common.
#[derive(serde::Deserialize)]
struct Head {
    #[serde(default)]
    format: u32,
}

/// The settings of a book of today's format.
///
/// # Errors
/// [`What::NoBook`], [`What::OlderFormat`], [`What::NewerFormat`], or what is wrong in the file.
pub fn read(disk: &Disk) -> Result<Settings, Problems> {
    let (format, settings) = of_any_format(disk)?;
    if format < FORMAT {
        let what = What::OlderFormat { found: format, known: FORMAT };
        return Err(vec![Problem::error(what).at(Place::file(layout::SETTINGS))]);
    }
    Ok(settings)
}

/// The format a book has and its settings; older formats are taken, newer ones are not.
pub fn of_any_format(disk: &Disk) -> Result<(u32, Settings), Problems> {
    let bytes = disk.read(layout::SETTINGS).map_err(|problem| vec![problem])?.ok_or_else(|| vec![What::NoBook.into()])?;
    parse(&bytes)
}

/// The same of the bytes of any `carebook.yaml`.
pub fn parse(bytes: &[u8]) -> Result<(u32, Settings), Problems> {
    // first: the keys of a newer format are not known here, and naming them would be no help
    let head: Head = yaml_file::parse(layout::SETTINGS, bytes)?;
    if head.format > FORMAT {
        let what = What::NewerFormat { found: head.format, known: FORMAT };
        return Err(vec![Problem::error(what).at(Place::file(layout::SETTINGS))]);
    }
    let raw: RawSettings = yaml_file::parse(layout::SETTINGS, bytes)?;
    let text = String::from_utf8_lossy(bytes);
    let settings = Settings::try_from(raw).map_err(|problems| yaml_file::place(problems, layout::SETTINGS, &text))?;
    Ok((head.format, settings))
}
