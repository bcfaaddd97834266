//! What a city does not offer goes: the service's file, its examples, the phrases that should find it, and offers of it.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::Bundle;
use toml::{Table, Value};

/// Phrases and the service each should find.
const PHRASES: &str = "examples/search.csv";

/// Leaves out everything that belongs to a service which is not `offered`.
///
/// # Errors
/// The file and the reason, when one cannot be read.
pub fn keep_offered(files: &mut BTreeMap<String, String>, offered: &BTreeSet<&str>, own: &Bundle) -> Result<(), (String, String)> {
    files.retain(|name, _| match name.strip_prefix("services/").or_else(|| name.strip_prefix("examples/")).and_then(|rest| rest.strip_suffix(".toml")) {
        Some(service) => offered.contains(service),
        None => true,
    });
    if let Some(phrases) = files.get_mut(PHRASES) {
        let keeps = |(at, line): &(usize, &str)| *at == 0 || line.rsplit(',').next().is_some_and(|service| offered.contains(service.trim()));
        *phrases = phrases.lines().enumerate().filter(keeps).map(|(_, line)| format!("{line}\n")).collect();
    }
    keep_used_groups(files)?;
    for (name, text) in files.iter_mut().filter(|(name, _)| name.starts_with("services/") && !own.files.contains_key(*name)) {
        *text = without_offers(text, offered).map_err(|reason| (name.clone(), reason))?;
    }
    Ok(())
}

/// Leaves out shared questions that no service uses any more.
fn keep_used_groups(files: &mut BTreeMap<String, String>) -> Result<(), (String, String)> {
    let mut used = BTreeSet::new();
    for (name, text) in files.iter().filter(|(name, _)| name.starts_with("services/")) {
        let table: Table = text.parse().map_err(|reason: toml::de::Error| (name.clone(), reason.to_string()))?;
        let steps = table.get("step").and_then(Value::as_array).into_iter().flatten();
        used.extend(steps.filter_map(|step| step.get("use")).filter_map(Value::as_str).map(str::to_owned));
    }
    files.retain(|name, _| match name.strip_prefix("shared/steps/").and_then(|rest| rest.strip_suffix(".toml")) {
        Some(group) => used.contains(group),
        None => true,
    });
    Ok(())
}

/// A service file without the `[[also]]` tables that offer something this city lacks. Nothing else is touched.
fn without_offers(text: &str, offered: &BTreeSet<&str>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    for table in tables(text) {
        if table.starts_with("[[also]]") {
            let parsed: Table = table.parse().map_err(|reason: toml::de::Error| reason.to_string())?;
            let service = parsed.get("also").and_then(|also| also.get(0)).and_then(|also| also.get("service")).and_then(|service| service.as_str());
            if service.is_some_and(|service| !offered.contains(service)) {
                continue;
            }
        }
        out.push_str(table);
    }
    Ok(format!("{}\n", out.trim_end()))
}

/// The text cut before every line that opens a table of the file itself.
fn tables(text: &str) -> Vec<&str> {
    let starts = std::iter::once(0).chain(text.match_indices("\n[[").map(|(at, _)| at + 1)).chain([text.len()]);
    let starts: Vec<usize> = starts.collect();
    starts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::without_offers;

    #[test]
    fn only_offers_of_what_is_missing_go() {
        let text = "id = \"a\"\n\n[[also]]\nservice = \"b\"\ntitle = \"B?\"\n\n[[also]]\nservice = \"c\"\ntitle = \"C?\"\n\n[[exit]]\nid = \"x\"\n";
        let kept = without_offers(text, &BTreeSet::from(["c"])).expect("the text is TOML");
        assert_eq!(kept, "id = \"a\"\n\n[[also]]\nservice = \"c\"\ntitle = \"C?\"\n\n[[exit]]\nid = \"x\"\n");
    }
}
