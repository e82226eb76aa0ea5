use super::*;
use std::time::Instant;
fn files(dir: &str, ext: &[&str], cap: usize, out: &mut Vec<u8>) {
    let mut stack = vec![std::path::PathBuf::from(dir)];
    while let Some(d) = stack.pop() {
        let Ok(rd) = std::fs::read_dir(d) else { continue };
        let mut es: Vec<_> = rd.flatten().map(|e| e.path()).collect();
        es.sort();
        for p in es {
            if out.len() > cap { return }
            if p.is_dir() { stack.push(p) } else if ext.is_empty() || p.extension().is_some_and(|e| ext.iter().any(|x| e == *x)) {
                out.extend(std::fs::read(p).unwrap_or_default())
            }
        }
    }
}
struct R(u64);
impl R { fn n(&mut self) -> u64 { self.0 ^= self.0 << 13; self.0 ^= self.0 >> 7; self.0 ^= self.0 << 17; self.0 } 
 fn hex(&mut self, n: usize) -> String { (0..n).map(|_| char::from(b"0123456789abcdef"[(self.n()%16) as usize])).collect() } }
fn logs(r: &mut R, cap: usize) -> Vec<u8> {
    let mut s = String::new();
    let words = ["request", "completed", "user", "GET", "/api/v1/items", "status=200", "cache miss", "retry", "timeout after 30s", "model=llama-3.1-70b-instruct", "scheduler.worker_pool", "INFO", "connection reset by peer"];
    while s.len() < cap {
        let u = format!("{}-{}-{}-{}-{}", r.hex(8), r.hex(4), r.hex(4), r.hex(4), r.hex(12));
        s += &format!("2026-11-22T13:48:{:02}.{:03}Z INFO [worker-{}] request_id={u} ", r.n()%60, r.n()%1000, r.n()%64);
        for _ in 0..6 { s += words[(r.n() % words.len() as u64) as usize]; s.push(' ') }
        if r.n()%4==0 { s += "digest=sha256:"; s += &r.hex(64); }
        s.push('\n');
    }
    s.into_bytes()
}
fn jsonl(r: &mut R, src: &[u8], cap: usize) -> Vec<u8> {
    let mut out = Vec::new(); let mut at = 0;
    while out.len() < cap {
        let piece = String::from_utf8_lossy(&src[at % (src.len()-5000)..][..1500]).into_owned(); at += 1500;
        let inner = serde_json::json!({"output": piece, "metadata": {"exit_code": 0, "duration_seconds": 0.1}}).to_string();
        let mut l = serde_json::json!({"timestamp":"2026-11-22T13:48:02.123Z","id": format!("{}-{}", r.hex(8), r.hex(4)), "type":"response_item","payload":{"type":"function_call_output","call_id":format!("call_{}", r.hex(24)),"output":inner}}).to_string();
        if r.n()%3==0 { l = l.replace("fn ", "\\u001b[32mfn\\u001b[0m "); }
        out.extend(l.as_bytes()); out.push(b'\n');
    }
    out
}
#[test] fn speed() {
    let mut r = R(88172645463325252);
    let mut src = vec![]; files("/root/.cargo/registry/src", &["rs"], 24<<20, &mut src);
    let mut csrc = vec![]; files("/root/.cargo/registry/src", &["c","h","md","toml","json","html","txt","lock"], 24<<20, &mut csrc);
    let mut bin = vec![]; files("/work/h/decode/target/debug/deps", &["rlib","rmeta"], 24<<20, &mut bin);
    let text = String::from_utf8_lossy(&src[..8<<20]).into_owned();
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let uni: String = text.chars().map(|c| if c.is_ascii_lowercase() { char::from_u32(0x4e00 + c as u32).unwrap() } else { c }).collect();
    let mut zh = String::new(); for c in uni.chars().take(4<<20) { if c.is_ascii() { zh.push(c) } else { zh += &format!("\\u{:04x}", c as u32) } }
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let enc = |b: &[u8]| data_encoding::BASE64.encode(b).into_bytes();
    let dev = std::fs::read("/work/shared/exam/dev.jsonl").unwrap();
    let sets: Vec<(&str, Vec<u8>)> = vec![
        ("jsonl", jsonl(&mut r, &src, 24<<20)), ("logs", logs(&mut r, 24<<20)), ("rust", src.clone()), ("other src", csrc), ("rlib", bin.clone()), ("dev", dev),
        ("html lt", html.into_bytes()), ("zh esc", zh.into_bytes()), ("utf16", wide), ("b64 text", enc(text.as_bytes())), ("b64 bin", enc(&bin[..8<<20])),
        ("hexhash", r.hex(8<<20).into_bytes()), ("AAAA", vec![b'A'; 8<<20]), ("nul", vec![0; 8<<20]), ("a0a0", b"a\0".repeat(4<<20)), ("u0 u16s", (0..4<<20).flat_map(|i: u32| ((i%4000) as u16).to_le_bytes()).collect()),
        ("\\u\\u", b"\\u".repeat(4<<20)), ("%%41", b"%%%%41%".repeat(1<<20)), ("&&#", b"&&&&#".repeat(1<<20)), ("\\\\\\", vec![b'\\'; 8<<20]), ("-/-/", b"-/".repeat(4<<20)), ("u0041", b"\\u0041".repeat(1<<20)),
        ("hex z hex", format!("{}z", "41".repeat(16)).repeat(1<<18).into_bytes()), ("%41 far", format!("%41{}", "a".repeat(300)).repeat(1<<14).into_bytes()), ("wrapped", b"QUJDREVGR0hJ".repeat(5).iter().copied().chain(*b"QUJD\n").collect::<Vec<u8>>().repeat(1<<17)),
        ("path A-Z", b"Abcd/Efgh/Ijkl/Mnop/Qrst/Uvwx/yz01/2345 ".repeat(1<<18)),
    ];
    let only = std::env::var("ONLY").unwrap_or_default();
    for (name, data) in &sets {
        if !only.is_empty() && *name != only { continue }
        let mut layers = Layers::default();
        let (mut best, mut mem) = (f64::MAX, f64::MAX);
        let mut sizes = [0usize; 6]; let mut stored = 0;
        for _ in 0..5 {
            sizes = [0; 6]; stored = 0;
            let t = Instant::now();
            for block in data.chunks(1<<20) {
                layers.decode(block);
                for (e, l) in layers.iter() { sizes[e as usize] += l.bytes().len(); stored += l.bytes().len(); }
            }
            best = best.min(t.elapsed().as_secs_f64());
            let t = Instant::now();
            let mut n = 0; for block in data.chunks(1<<20) { n += usize::from(memchr::memchr(0xf7, block).is_some()); n += usize::from(std::hint::black_box(memchr::memchr(0xf6, block)).is_some()) }
            std::hint::black_box(n);
            mem = mem.min(t.elapsed().as_secs_f64()/2.0);
        }
        let ns = best*1e9/data.len() as f64;
        println!("{name:10} {:5.1}MB {ns:6.3} ns/B {:6.2} GB/s  memchr {:5.3} ns/B ratio {:5.1}  decoded {:5.2}% j/b/p/h/H/u {sizes:?}", data.len() as f64/1e6, 1.0/ns, mem*1e9/data.len() as f64, best/mem, 100.0*stored as f64/data.len() as f64);
    }
}
