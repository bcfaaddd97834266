//! A robot officer: signs in, reads, decides. Everything through central's real pages, as a person would.

use super::browser::Browser;
use super::office::{Failure, OFFICER_LOGIN, Office};

pub struct Officer {
    browser: Browser,
}

impl Officer {
    /// Opens the sign-in page and signs in.
    pub fn sign_in(office: &Office) -> Result<Self, Failure> {
        let mut browser = Browser::new(&office.central_url(), &office.ca_file())?;
        browser.open("/petugas/masuk")?;
        browser.submit("Masuk", &[("login", OFFICER_LOGIN), ("password", &office.officer_password)])?;
        if !browser.words().contains("Keluar") {
            return Err(format!("not signed in: {}", browser.words()).into());
        }
        Ok(Self { browser })
    }

    /// Whether the queue shows this number.
    pub fn sees(&mut self, number: &str) -> Result<bool, Failure> {
        self.browser.open("/petugas")?;
        Ok(self.browser.page.contains(number))
    }

    /// Opens an application and looks at every page image; returns how many there are.
    pub fn read(&mut self, number: &str) -> Result<usize, Failure> {
        self.open(number)?;
        let pictures: Vec<String> = self.browser.pictures().into_iter().filter(|address| address.contains("/berkas/")).collect();
        for address in &pictures {
            let bytes = self.browser.fetch(address)?;
            image::load_from_memory(&bytes)?;
        }
        self.open(number)?;
        Ok(pictures.len())
    }

    /// The words on the application's page.
    pub fn words(&mut self, number: &str) -> Result<String, Failure> {
        self.open(number)?;
        Ok(self.browser.words())
    }

    /// Presses a button that needs nothing else.
    pub fn press(&mut self, number: &str, button: &str) -> Result<(), Failure> {
        self.decide(number, button, &[])
    }

    /// Sends one item back with a reason code and a note to the resident.
    pub fn send_back(&mut self, number: &str, item: &str, reason: &str, note: &str) -> Result<(), Failure> {
        self.decide(number, "Minta perbaikan", &[("item", item), (&format!("reason-{item}"), reason), (&format!("note-{item}"), note)])
    }

    /// Hands the card over, naming who took it.
    pub fn hand_over(&mut self, number: &str, taker: &str) -> Result<(), Failure> {
        self.decide(number, "Serahkan kartu", &[("note", taker)])
    }

    fn open(&mut self, number: &str) -> Result<(), Failure> {
        self.browser.open(&format!("/petugas/permohonan/{number}"))?;
        if self.browser.status == 200 { Ok(()) } else { Err(format!("{number} answers {}", self.browser.status).into()) }
    }

    fn decide(&mut self, number: &str, button: &str, typed: &[(&str, &str)]) -> Result<(), Failure> {
        self.open(number)?;
        self.browser.submit(button, typed)?;
        if self.browser.words().contains("Sudah tersimpan") { Ok(()) } else { Err(format!("\"{button}\" was not taken: {}", self.browser.words()).into()) }
    }
}
