//! The idle page as a web page, for the peer: same words, same drawings, same colours, and a word when it is drawn.
//!
//! It is served on 127.0.0.1 because a page that says "I am drawn" needs somebody to say it to.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use catalogue::{Catalogue, Language};
use flow::Say;
use kiosk::demo::office::Failure;

use crate::Ground;

/// A browser asks for the page, an icon, and says that it is drawn; some ask twice.
const CALLS_MAX: usize = 64;
const READ_WAIT: Duration = Duration::from_secs(5);

/// A page being served. The thread ends after its last allowed call, or with the program.
pub struct Kiosk {
    address: String,
    drawn: Receiver<Instant>,
}

impl Kiosk {
    pub fn serve(ground: &Ground) -> Result<Self, Failure> {
        let page: Arc<str> = write(ground)?.into();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}/", listener.local_addr()?);
        let (tell, drawn) = sync_channel(CALLS_MAX);
        std::thread::Builder::new().name("like-page".into()).spawn(move || {
            for call in listener.incoming().take(CALLS_MAX).flatten() {
                let (page, tell) = (Arc::clone(&page), tell.clone());
                // Browsers open connections in advance and leave them silent, so none may hold up the next one.
                std::thread::spawn(move || {
                    // A call that broke off is the browser's affair; the page is asked for again or not at all.
                    let _broken_off = answer(call, &page, &tell);
                });
            }
        })?;
        Ok(Self { address, drawn })
    }

    pub fn address(&self) -> String {
        self.address.clone()
    }

    /// Waits until the browser says that the page is drawn; how long that took since `begun`.
    pub fn shown_since(&self, begun: Instant, limit: Duration) -> Result<Duration, Failure> {
        match self.drawn.recv_timeout(limit) {
            Ok(at) => Ok(at.saturating_duration_since(begun)),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err("Chromium did not draw the page".into()),
        }
    }
}

fn answer(mut call: TcpStream, page: &str, tell: &SyncSender<Instant>) -> std::io::Result<()> {
    call.set_read_timeout(Some(READ_WAIT))?;
    let mut asked = [0u8; 2048];
    let count = call.read(&mut asked)?;
    let (status, kind, body) = match asked[..count].split(|byte| *byte == b' ').nth(1) {
        Some(b"/") => ("200 OK", "text/html; charset=utf-8", page),
        Some(b"/drawn") => {
            let _nobody_waits_any_more = tell.try_send(Instant::now());
            ("204 No Content", "text/plain", "")
        }
        _ => ("404 Not Found", "text/plain", ""),
    };
    write!(call, "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// Words from the catalogue, drawings from the pages, colours of the palette.
fn write(ground: &Ground) -> Result<String, Failure> {
    let catalogue = Catalogue::load_dir(&ground.shipped("config/catalogue"))?;
    let say = |say: Say| catalogue.text(say.id()).get(Language::Id).to_owned();
    let drawing = |name: &str| std::fs::read_to_string(ground.shipped("ui/icons").join(name));
    let city = &catalogue.city;
    Ok(PAGE
        .replace("{city}", &city.name)
        .replace("{office}", city.office.get(Language::Id))
        .replace("{title}", &say(Say::IdleTitle))
        .replace("{sentence}", &say(Say::IdleSentence))
        .replace("{notice-paper}", &say(Say::NoticeNoPaper))
        .replace("{notice-capture}", &say(Say::NoticeNoCapture))
        .replace("{animals}", &drawing("sura-baya.svg")?)
        .replace("{waves}", &drawing("waves.svg")?))
}

/// Two frames after the fonts are there, everything is on the glass.
const PAGE: &str = r#"<!doctype html>
<html lang="id"><meta charset="utf-8"><title>Klampid</title>
<style>
html, body { margin: 0; height: 100%; background: #fbfaf7; color: #14213d; font-family: Inter, "DejaVu Sans", sans-serif; cursor: none; }
.band { display: flex; justify-content: space-between; align-items: center; height: 120px; padding: 0 48px; font-size: 28px; }
.hero { background: #0a3f63; color: #fff; text-align: center; padding: 48px; overflow: hidden; }
.hero svg { height: 460px; width: auto; }
.hero h1 { font-size: 64px; margin: 24px 0 8px; }
.hero p { font-size: 30px; margin: 0; }
button { border: 0; border-radius: 80px; background: #ffd84d; color: #000; font-size: 40px; font-weight: 700; padding: 32px 72px; margin-top: 48px; }
.below { padding: 48px; } .below h2 { font-size: 48px; } .below p { font-size: 32px; }
.notice { background: #fff3d6; color: #4a3200; border: 2px solid #e6b84f; border-radius: 16px; padding: 24px; font-size: 28px; margin-top: 24px; }
.waves svg { width: 100%; height: 160px; }
</style>
<div class="band"><span>{city}</span><span>ID</span></div>
<div class="hero">{animals}<h1>{city}</h1><p>{office}</p><button>Sentuh layar untuk mulai</button><div class="waves">{waves}</div></div>
<div class="below"><h2>{title}</h2><p>{sentence}</p><div class="notice">{notice-paper}</div><div class="notice">{notice-capture}</div></div>
<script>
document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => fetch('/drawn'))));
</script>
</html>
"#;
