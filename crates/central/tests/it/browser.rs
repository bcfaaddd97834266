//! A browser without script: keeps a cookie, reads a form's hidden fields, sends urlencoded forms.

use reqwest::{Method, StatusCode};

use crate::harness::{Answer, PASSWORD, Town, send};

/// One officer's browser.
pub struct Browser<'a> {
    town: &'a Town,
    pub cookie: String,
}

impl<'a> Browser<'a> {
    pub fn new(town: &'a Town) -> Self {
        Self { town, cookie: String::new() }
    }

    /// A browser whose officer is signed in.
    pub async fn signed_in(town: &'a Town) -> Self {
        let mut browser = Self::new(town);
        let answer = browser.sign_in("rina", PASSWORD).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/petugas"), "{}", answer.text);
        browser
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let form = self.get("/petugas/masuk").await;
        let code = hidden(&form.text, "form_code");
        let answer = self.post("/petugas/masuk", &[("form_code", &code), ("login", login), ("password", password)]).await;
        if let Some(cookie) = answer.header("set-cookie").split(';').next().filter(|pair| !pair.is_empty()) {
            self.cookie = cookie.to_owned();
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.town.open(Method::GET, path).header("cookie", &self.cookie)).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.town.open(Method::POST, path).header("cookie", &self.cookie).header("sec-fetch-site", "same-origin");
        send(request.header("content-type", "application/x-www-form-urlencoded").body(urlencoded(fields))).await
    }

    /// Opens an application and moves it on with the form found there.
    pub async fn act(&self, number: &str, to: &str, words: &[(&str, &str)]) -> Answer {
        let page = self.get(&format!("/petugas/permohonan/{number}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let (code, seen) = (hidden(&page.text, "form_code"), seen_lines(&page.text));
        self.act_having_seen(number, to, &code, &seen, words).await
    }

    pub async fn act_having_seen(&self, number: &str, to: &str, code: &str, seen: &str, words: &[(&str, &str)]) -> Answer {
        let mut fields = vec![("form_code", code), ("seen_lines", seen), ("to", to)];
        fields.extend_from_slice(words);
        self.post(&format!("/petugas/permohonan/{number}/tindakan"), &fields).await
    }
}

/// The words an act cannot do without.
pub fn words_for(to: &str) -> Vec<(&'static str, &'static str)> {
    match to {
        "perlu-perbaikan" => vec![("item", "surat_kehilangan"), ("reason-surat_kehilangan", "R01"), ("note-surat_kehilangan", "Stempel terpotong")],
        "ditolak" => vec![("reason", "R11"), ("note", "")],
        "dibatalkan" | "ditahan" | "diambil" => vec![("note", "Keterangan percobaan")],
        _ => Vec::new(),
    }
}

/// Value of a hidden field; a page where it is not has no such form.
pub fn hidden(page: &str, name: &str) -> String {
    let from = format!("name=\"{name}\" value=\"");
    page.split_once(&from).and_then(|(_, rest)| rest.split_once('"')).map_or_else(String::new, |(value, _)| value.to_owned())
}

/// History length the page was made from; the badge of its forms, or the length of its list when nothing can be done.
pub fn seen_lines(page: &str) -> String {
    let seen = hidden(page, "seen_lines");
    if seen.is_empty() {
        let list = page.split_once("<ol class=\"history\">").map_or("", |(_, rest)| rest);
        return list.matches("<li>").count().to_string();
    }
    seen
}

fn urlencoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect()
    };
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}
