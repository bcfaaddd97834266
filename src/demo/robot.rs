//! A robot resident at the real pages: finds elements by their accessible label, touches them by pointer events, waits for
//! what it sees, and gives up with a reason.

use std::path::PathBuf;
use std::time::Duration;

use slint::ComponentHandle;
use ui::headless::Headless;
use ui::{AppWindow, OverlayKind, PageKind, Resident};

use super::office::Failure;

/// Nothing on the way takes longer than this without being broken.
const PAGE_WAIT: Duration = Duration::from_secs(25);

/// The kiosk takes a second press within 350 ms of a new page for the first one; nobody reads that fast.
const LOOK: Duration = Duration::from_millis(380);

pub struct Robot {
    headless: Headless,
    window: AppWindow,
    screens: PathBuf,
    shots: u32,
    /// Every page seen, in order.
    pub seen: Vec<String>,
}

impl Robot {
    pub fn new(headless: Headless, window: AppWindow, screens: PathBuf) -> Result<Self, Failure> {
        std::fs::create_dir_all(&screens)?;
        window.show()?;
        Ok(Self { headless, window, screens, shots: 0, seen: Vec::new() })
    }

    /// Waits until the page is of this kind, and photographs it under `name`.
    pub fn at(&mut self, page: PageKind, name: &str) -> Result<(), Failure> {
        let resident = self.window.global::<Resident>();
        let arrived = self.headless.run_until(PAGE_WAIT, || resident.get_page() == page);
        arrived
            .map_err(|_| format!("{name}: expected the page {page:?}, but {:?} is shown with {:?}", resident.get_page(), self.headless.labels(&self.window)))?;
        self.shoot(name)
    }

    /// Waits until a text of the resident's global is as wanted.
    pub fn until(&mut self, what: &str, level: impl Fn(&Resident<'_>) -> bool) -> Result<(), Failure> {
        let resident = self.window.global::<Resident>();
        self.headless.run_until(PAGE_WAIT, || level(&resident)).map_err(|_| format!("{what}: did not happen on {:?}", resident.get_page()).into())
    }

    /// Touches what carries this label, after looking at the page for a moment as a person does.
    pub fn touch(&mut self, label: &str) -> Result<(), Failure> {
        let _the_moment_is_over = self.headless.run_until(LOOK, || false);
        self.headless.scroll_and_touch_label(&self.window, "Ke bawah", label).map_err(|reason| format!("touching \"{label}\": {reason}").into())
    }

    /// Types on the keys of the page.
    pub fn type_text(&mut self, text: &str) -> Result<(), Failure> {
        for character in text.chars() {
            let key = if character == ' ' { "Spasi".to_owned() } else { character.to_string() };
            self.headless.touch_label(&self.window, &key).map_err(|reason| format!("key \"{key}\": {reason}"))?;
        }
        Ok(())
    }

    /// Answers the question being shown and waits for another page or question.
    pub fn answer(&mut self, question: &str, choice: &str, name: &str) -> Result<(), Failure> {
        self.until(question, |resident| resident.get_page() == PageKind::Choice && resident.get_choice().question == question)?;
        self.shoot(name)?;
        self.touch(choice)
    }

    /// Waits for a field, types, and goes on.
    pub fn fill(&mut self, question: &str, text: &str, name: &str) -> Result<(), Failure> {
        self.until(question, |resident| resident.get_page() == PageKind::Entry && resident.get_entry().question == question)?;
        self.type_text(text)?;
        self.settle()?;
        self.shoot(name)?;
        self.touch("Lanjut")
    }

    /// Lets the app answer what was touched last.
    pub fn settle(&mut self) -> Result<(), Failure> {
        const MOMENT: Duration = Duration::from_millis(120);
        let _the_moment_is_over = self.headless.run_until(MOMENT, || false);
        if self.window.global::<Resident>().get_overlay() == OverlayKind::StillHere {
            Err("the robot was too slow: the idle warning came".into())
        } else {
            Ok(())
        }
    }

    /// A picture of the screen as it is.
    pub fn shoot(&mut self, name: &str) -> Result<(), Failure> {
        self.settle()?;
        let clipped = self.headless.clipped_texts(&self.window);
        if !clipped.is_empty() {
            return Err(format!("{name}: these texts are cut off: {clipped:?}").into());
        }
        self.shots += 1;
        let picture = self.headless.screenshot(&self.window)?;
        let path = self.screens.join(format!("{:02}-{name}.png", self.shots));
        image::save_buffer(&path, picture.as_bytes(), picture.width(), picture.height(), image::ExtendedColorType::Rgb8)?;
        self.seen.push(name.to_owned());
        Ok(())
    }

    pub fn resident<T>(&self, read: impl Fn(&Resident<'_>) -> T) -> T {
        read(&self.window.global::<Resident>())
    }
}
