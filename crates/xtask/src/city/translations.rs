//! Translations that are still needed: of the city's languages, and of sentences that some file still says.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufWriter;

use toml::{Table, Value};

/// Tables whose labels are translated, and the column.
const LABELS: [(&str, &str); 2] = [("codes/lists.csv", "label"), ("codes/occupation_groups.csv", "group")];

/// Keys under which sentences stand, in any catalogue file but those below; ids and codes may look like words.
const TEXT_KEYS: [&str; 22] = [
    "title",
    "official",
    "human",
    "note",
    "label",
    "detail",
    "question",
    "help",
    "unit",
    "who",
    "more",
    "sentences",
    "text",
    "name",
    "instruction",
    "resident",
    "office",
    "helpdesk",
    "menus",
    "pendaftaran",
    "sipil",
    "pemutakhiran",
];
/// Files in which every value is a sentence.
const ALL_TEXTS: [&str; 2] = ["shared/texts.toml", "shared/findings.toml"];

/// Leaves out other languages, and translations of sentences that no file says.
///
/// # Errors
/// The file and the reason, when one cannot be read.
pub fn keep_needed(files: &mut BTreeMap<String, String>, languages: &BTreeSet<&str>) -> Result<(), (String, String)> {
    files.retain(|name, _| name.strip_prefix("lang/").and_then(|rest| rest.split('/').next()).is_none_or(|language| languages.contains(language)));
    let said = said(files)?;
    for (name, text) in files.iter_mut().filter(|(name, _)| name.ends_with(".po")) {
        *text = pruned(text, &said).map_err(|reason| (name.clone(), reason))?;
    }
    Ok(())
}

/// Every text in the catalogue's own files.
fn said(files: &BTreeMap<String, String>) -> Result<BTreeSet<String>, (String, String)> {
    let mut said = BTreeSet::new();
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".toml") && !name.starts_with("examples/")) {
        let table: Table = text.parse().map_err(|reason: toml::de::Error| (name.clone(), reason.to_string()))?;
        gather(Value::Table(table), ALL_TEXTS.contains(&name.as_str()), &mut said);
    }
    for (name, column) in LABELS {
        let Some(text) = files.get(name) else { continue };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for row in reader.deserialize::<BTreeMap<String, String>>() {
            let mut row = row.map_err(|reason| (name.to_owned(), reason.to_string()))?;
            said.extend(row.remove(column));
        }
    }
    Ok(said)
}

/// Gathers sentences; `is_text` when the value stands under a key that holds one.
fn gather(value: Value, is_text: bool, said: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if is_text => _ = said.insert(text),
        Value::Array(values) => values.into_iter().for_each(|value| gather(value, is_text, said)),
        Value::Table(table) => {
            for (key, value) in table {
                // A table under a text's key is no text itself; the keys inside it decide again.
                let is_text = TEXT_KEYS.contains(&key.as_str()) || (is_text && !value.is_table());
                gather(value, is_text, said);
            }
        }
        _ => {}
    }
}

/// The gettext file with those entries only whose sentence is said.
fn pruned(text: &str, said: &BTreeSet<String>) -> Result<String, String> {
    let mut messages = polib::po_file::parse_from_reader(text.as_bytes()).map_err(|reason| reason.to_string())?;
    let unsaid: Vec<String> = messages.messages().map(|message| message.msgid().to_owned()).filter(|source| !said.contains(source)).collect();
    for source in unsaid {
        messages.delete_message(None, &source, None);
    }
    let mut out = BufWriter::new(Vec::new());
    polib::po_file::write(&messages, &mut out).map_err(|reason| reason.to_string())?;
    let bytes = out.into_inner().map_err(|reason| reason.to_string())?;
    String::from_utf8(bytes).map_err(|reason| reason.to_string())
}
