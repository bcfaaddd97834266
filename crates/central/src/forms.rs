//! Reading an urlencoded form whose fields are partly named by items, and the code every form carries.

use axum::Form;

use crate::keys::same_secret;
use crate::office::Office;

/// Largest form, in bytes.
pub const FORM_BYTES_MAX: usize = 64 * 1024;
/// How long a page with a resident's form may lie open, in hours.
const FORM_HOURS: i64 = 2;

/// The fields as they came, in order.
pub type Fields = Form<Vec<(String, String)>>;

/// The first value of a field, trimmed; empty when it is not there.
pub fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

/// The code of an officer's forms: bound to the session, so that no other site can write one.
pub fn session_code(office: &Office, cookie_sha256: &str) -> String {
    office.keys.code("form", &["session", cookie_sha256])
}

/// The code of a form before any session: bound to the hour.
pub fn visitor_code(office: &Office, form: &str) -> String {
    code_of_hour(office, form, office.now().as_second() / 3600)
}

/// Is this the code of a form handed out lately?
pub fn is_visitor_code(office: &Office, form: &str, code: &str) -> bool {
    let hour = office.now().as_second() / 3600;
    (0..=FORM_HOURS).any(|age| same_secret(&code_of_hour(office, form, hour - age), code))
}

fn code_of_hour(office: &Office, form: &str, hour: i64) -> String {
    office.keys.code("form", &["visitor", form, &hour.to_string()])
}
