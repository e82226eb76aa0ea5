//! tmp
fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let threads = if let Some(i) = args.iter().position(|a| a == "--threads") { let n = args[i+1].parse().unwrap(); args.drain(i..i+2); n } else { 0 };
    let fmt = if let Some(i) = args.iter().position(|a| a == "--format") { let n = args[i+1].clone(); args.drain(i..i+2); n } else { "text".into() };
    args.remove(0);
    let scanner = tightlip::Scanner::builder().threads(threads).build().unwrap();
    let mut r = tightlip::report::Format::named(&fmt).unwrap().open(Box::new(std::io::BufWriter::new(std::io::stdout())), Default::default());
    r.begin().unwrap();
    let s = scanner.scan(&tightlip::Source::walk(args), &Default::default(), |f| { r.finding(f)?; Ok(()) }).unwrap();
    r.end(&s).unwrap();
    eprint!("{}", tightlip::report::closing(&s, Default::default()));
    std::process::exit(i32::from(s.exit_code()));
}
