//! The least browser that works: cookies, pages, forms found by the words on their button. No script, as on a cheap phone.

use std::collections::BTreeMap;
use std::path::Path;

use reqwest::{Certificate, Client, Method, header};

use super::office::Failure;

/// One tab.
pub struct Browser {
    http: Client,
    runtime: tokio::runtime::Runtime,
    base: String,
    cookies: BTreeMap<String, String>,
    /// A kiosk's credential, for calls a person never makes.
    pub bearer: Option<String>,
    /// The page being shown.
    pub page: String,
    pub status: u16,
}

/// A form on a page.
#[derive(Debug)]
pub struct Form {
    pub action: String,
    /// Hidden fields and everything else that has a value already.
    pub fields: Vec<(String, String)>,
}

const REDIRECTS_MAX: usize = 5;

impl Browser {
    pub fn new(base: &str, ca_file: &Path) -> Result<Self, Failure> {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let certificates = Certificate::from_pem_bundle(&std::fs::read(ca_file)?)?;
        let http = Client::builder().https_only(true).redirect(reqwest::redirect::Policy::none()).tls_certs_only(certificates).build()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { http, runtime, base: base.trim_end_matches('/').to_owned(), cookies: BTreeMap::new(), bearer: None, page: String::new(), status: 0 })
    }

    pub fn open(&mut self, path: &str) -> Result<(), Failure> {
        let bytes = self.call(Method::GET, path, Vec::new(), "")?;
        self.page = String::from_utf8_lossy(&bytes).into_owned();
        Ok(())
    }

    /// The bytes behind an address, such as a picture.
    pub fn fetch(&mut self, path: &str) -> Result<Vec<u8>, Failure> {
        self.call(Method::GET, path, Vec::new(), "")
    }

    /// Sends JSON and returns the answer's bytes.
    pub fn send_json(&mut self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, Failure> {
        self.call(Method::POST, path, body, "application/json")
    }

    /// Fills in the form whose button says `button` and presses it.
    pub fn submit(&mut self, button: &str, typed: &[(&str, &str)]) -> Result<(), Failure> {
        let form = self.form(button)?;
        let mut fields = form.fields;
        for (name, value) in typed {
            fields.retain(|(field, _)| field != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&");
        let bytes = self.call(Method::POST, &form.action, body.into_bytes(), "application/x-www-form-urlencoded")?;
        self.page = String::from_utf8_lossy(&bytes).into_owned();
        Ok(())
    }

    /// The form whose submit button says `button`.
    pub fn form(&self, button: &str) -> Result<Form, Failure> {
        let forms = self.page.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or(rest));
        for form in forms {
            let has_button = form.split("<button").skip(1).any(|rest| words(rest.split("</button>").next().unwrap_or("")).contains(button));
            if has_button {
                let action = attribute(form, "action").ok_or("a form without an action")?;
                let fields = form.split("<input").skip(1).filter_map(|input| {
                    let input = input.split('>').next()?;
                    let is_choice = matches!(attribute(input, "type").as_deref(), Some("checkbox" | "radio"));
                    if is_choice { None } else { Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())) }
                });
                return Ok(Form { action, fields: fields.collect() });
            }
        }
        Err(format!("no form with a button \"{button}\" on this page: {}", words(&self.page)).into())
    }

    /// Everything that can be read on the page.
    pub fn words(&self) -> String {
        words(&self.page)
    }

    /// Addresses of the pictures on the page.
    pub fn pictures(&self) -> Vec<String> {
        self.page.split("<img").skip(1).filter_map(|rest| attribute(rest.split('>').next()?, "src")).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "a browser of its own, in a demo and in tests")]
    fn call(&mut self, method: Method, path: &str, body: Vec<u8>, content_type: &str) -> Result<Vec<u8>, Failure> {
        let (mut method, mut path, mut body) = (method, path.to_owned(), body);
        for _ in 0..REDIRECTS_MAX {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            let mut request = self.http.request(method.clone(), format!("{}{path}", self.base)).header(header::COOKIE, cookies).body(std::mem::take(&mut body));
            if let Some(secret) = &self.bearer {
                request = request.bearer_auth(secret);
            }
            if !content_type.is_empty() && method == Method::POST {
                request = request.header(header::CONTENT_TYPE, content_type);
            }
            let (status, headers, bytes) = self.runtime.block_on(async {
                let response = request.send().await?;
                let (status, headers) = (response.status(), response.headers().clone());
                Ok::<_, reqwest::Error>((status, headers, response.bytes().await?.to_vec()))
            })?;
            self.status = status.as_u16();
            for set in headers.get_all(header::SET_COOKIE) {
                if let Some((name, value)) = set.to_str()?.split(';').next().and_then(|pair| pair.split_once('=')) {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            match headers.get(header::LOCATION) {
                Some(location) if status.is_redirection() => {
                    let location = location.to_str()?;
                    path = location.strip_prefix(&self.base).unwrap_or(location).to_owned();
                    method = Method::GET;
                }
                _ => return Ok(bytes),
            }
        }
        Err("too many redirects".into())
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = &tag[tag.find(&format!(" {name}=\""))? + name.len() + 3..];
    Some(unescaped(&rest[..rest.find('"')?]))
}

/// Text without tags, white space folded.
fn words(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let after = piece.split_once('>').map_or(piece, |(_, after)| after);
        text.push_str(after);
        text.push(' ');
    }
    unescaped(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
