//! The officers' door.

use catalogue::StateTone;
use maud::{Markup, html};

use super::layout;

/// The form, with what went wrong before it.
pub fn page(form_code: &str, complaint: Option<&str>) -> Markup {
    layout::office(
        "Masuk petugas",
        None,
        &html! {
            div.narrow {
                h1 { "Masuk petugas" }
                @if let Some(sentence) = complaint { (layout::message(StateTone::Trouble, sentence)) }
                form.card method="post" action="/petugas/masuk" {
                    input type="hidden" name="form_code" value=(form_code);
                    div.field {
                        label for="login" { "Nama masuk" }
                        input #login type="text" name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus maxlength="64";
                    }
                    div.field {
                        label for="password" { "Kata sandi" }
                        input #password type="password" name="password" autocomplete="current-password" required maxlength="128";
                    }
                    button.wide type="submit" { "Masuk" }
                }
                p.help { "Akun ini milik satu orang. Setiap tindakan tercatat dengan nama Anda." }
            }
        },
    )
}
