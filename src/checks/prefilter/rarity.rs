//! How common bytes and pairs of bytes are in the texts that tightlip reads, so that anchors are probed where they are rare.
//!
//! Counted, byte for byte alike, over three texts of up to 24 MiB each: English documentation (`/usr/share/doc` of a
//! Debian system), Rust source code (the crates of a cargo registry), and generated logs (JSON lines of agent
//! sessions, traces, service logs with UUIDs, digests and base64).

/// How common each byte is, folded to 6 bits, in half octaves: `0` for a share of 2^-21 and less, `Z` for all.
const SINGLES: &[u8; 64] = b"TEOKEDFFKKNEMLLNMMMLKJKJKJNKLMLBGQNPORNMNQHKPNQQPHQQROLKKMHKKK@P";

/// How often the byte of the row stands before the byte of the column, in the same units.
const PAIRS: [&[u8; 64]; 64] = [
    b"P=JB@;C?F>C>7DAEFHGEDCCAB@?7HK=;CJHLHHIEGJABIGHIICIJKJFGAB>IBE7I",
    b"?6=45446B6:44<466434544444449:357<5565423533784463584344442=8435",
    b"F6>H<767;C?5H;=<>>C<<;<;;=I>=6H6:F?DBBB@FB>BCDBCE>CDG@@BA;89CD:9",
    b"@;G?55466C:6G755987666958545<4564@9<;;968<3487<:939<8756A35GC639",
    b";;>;;;:;=;;::;:;;;;55544455484775=8;77865:35;897;399<586542;5336",
    b"9:>::;:::::::<::::::::65544645543<645553343374335338334365233332",
    b"<4<>64=<:9<99::999:99:999999::994=:8777;5944:A<69<8@8573544>5437",
    b">:=7655:6=95=7:8665544444499?555;?9:<987995699<8959?=:886546:85;",
    b"79@8=4B=>D?569:5==;::88897=5A34::A?DC>A:<@79>>?==8CBAA?;966=?23=",
    b"F4>89457<EB7E:B95594445444;EA5:==<69888959339875838996558339?F43",
    b"K5=F8457:AF66>:C57A655555499F;<6>@=B><B;;D77A?D>J4?@A@<<874C9D3?",
    b"@4=465466;<:665898887777774658555=999999999999989989999999947634",
    b"L4>4544457I54:48688666554544;5544<53333374327343323433443522E734",
    b"B4=4546666A54E77DDD@??????4477B59BAC@AA<A><?@??@A=>AC?>=>6:68634",
    b"F4>454478:E6;:@<CDC@A@?@@?55B8458A>E?>??E@>8??>BB>?A?A>><986?92>",
    b"E?>876678:A76;:H@@;998888845:6A65FEFECBBBE?<EC@AE>AGFBB@>::5=578",
    b"C5A55:576?@9DAD;FEGCCCCDCCBB>7849@@????99988:<99:99:=<98C9>4??3=",
    b"C5?565589?><CAD@FGDCDCECCDBC;5947@@@???:9988;;88999:>?9899>3=@3E",
    b"I4?45558;A><EAB=GGDCCDECCBCD;5;48@?????99999:<9:;9:=>>9999>3><5@",
    b"A4?555577:=<AAB>BBJBBBBBBBAA84=45??@???99999;<99999:><9899=3=<3<",
    b"B4?45547:>?7D@A;BBBBBBABCBBC:5<38??????99989;;:9;99:>>9999>3><2@",
    b"@4>545565:<7B@@9BBBBABCAAA@A84;45?A???@99899<;99999:><9998>3><3;",
    b"B4>585467=<8BD@9AABAEAAABABC94697??????:9999;;99:99:><;999>3=>3A",
    b"@4A5565549<7@@@9AAAABABBAAAA74544??????99988:;98999:>:9999=3<<3<",
    b"B5>445589?<7C@@9FAABAAAAAAAD96957??????98:8:9;:9999:>;9999>3=<3<",
    b"A4>4554669<8@@?9AAAAAAAAACA@65458??????99:98:;9::99:=;9999=2=<3:",
    b"L5=5755768A6565BAAAAAA;;;;I4@6477??F>?@::C56=@@<@6@?A;=9858<983@",
    b"D4=5557556J56<57455555444558=7454896668358228697646:65654334F733",
    b"<<=4859?;565565J555675454555;:565EADC?;8?>9;C<89C4;FD?=7656=443=",
    b"K4H478:876>65657:A====<;;<779EA85::::9:678658778767897776654C773",
    b"G6?=96??A@G6A;@>;;:8777888@<I9>5:?>A>>>:<>68==?=>9>?@<>=@68<9;3:",
    b"95=475567974855594554445448<66675544334334336533853;455453257734",
    b"B599997;79>4<:>87755554555:68875B<;=<;;?:;88:<<:<5<><;98657:;>37",
    b"G4A4CCB=8<>:?A@???A????@???:<>D7:@FHHADG=F<BJHK<G<JJKEDBCE=6>82G",
    b"K5B7664;;=99:?>?????@?????=8:6=48D?B@F@=;HC>F>;F?:DGBG<;@D;4>63?",
    b"C9?96768?C?:>@@B??????????C@=974:H@C@IC>GD<FIB>LE=GCID@<@A;4=83F",
    b"I9F63469@?@:BBCB?@??????@?D??AD3<F@@EKAG<H<;C?=FA;DCCD?=<@:?>;3G",
    b"L;H4468=EDC9ECEF?@@@??A???HAB@F5?HEHIFGD?C>?HGKBFELKI@FBHD<:@C3H",
    b"G;>52546=@>9B?B=???@??@???@:<D;38E?@BFFB;H:;G@CH>;EEEE;=;@:6=:3E",
    b"F9A43458B=>9C?@B9::9999999A>>=@4:A<?=J=?EE:;B@DBA;DC@B@;;><5::3E",
    b"E8=43468><>9A<=@9;<>=<:999?<<;=4:H;=?J<;;F:<D@>FD:E?G@;>;>=6783C",
    b"C7=433375<:9:@=?9;:=99;9:9>9:5E67FHHHFHG;=;?HGLJF<DIJ=G?B;E3<73C",
    b"8396434556794689999999999:6666665A;;;C;;:=:;;;;?;;;E;>:;:::34329",
    b"C8?77789?<?:=>>=::;:::;:::A<<;98;A=<>H==<B;;=<>><;<A>>;<:;;5883C",
    b"G;C@989:>??:@AAD:;===?=:E:C>?<B8;J@?EJEA<KD>H?>H?;>EFF?=;D<5?93G",
    b"E8A76;69>==9>=@@9;::<:<:99A<>8@4;ICACI>><F<<DC?FH<>EAE<;;>:49:3D",
    b"K=AB346=?@A9ABCC9<<>99;;9:C>@?F5<G@HJIFI?F<CF?DHG;BKJEB?;D<9AA2I",
    b"G5?95659;:>9>=>@99:999:999@<;8869DDHHAHC=A>EFHMFH:KGGHDE?=>4973E",
    b"B:C64558?:F9;<AA>=>::9>999B==AD99J<@?J?>BF;?G@=GG;IDGKA<@G;5982F",
    b"<=7323249@59@5999999998889;47@424B><<>:<:<::<<;<;:;>;D<<:::3433?",
    b"I9BH335<D@@9A?DA;<;:999999D?@=B5=J?DDLCE<J;CCFFIC<FGHEC@?F;7<<2G",
    b"J:E;336=?AB:CDEG9==>;9=9:9G@AG;5=E>E@K@AFI;BEB@GI=CIMF>?<D=:><3G",
    b"L?F3436=CAA9CCDGAC@=<:=<<:FCB@B4=I?DDLC>KK;?DEAIG<JGHF>DBJ<8=>3I",
    b"B3:22236379989<:@D;I9:C9C9<775825BKEFFCD;D;<GEH?D:GHI=;;@;<;843>",
    b"A3:333447;:9;>@:=A?<>:?9<:?7:6?4<G;@=IA<=E:;A@?@<;===;;;@;:7743A",
    b"A4=33335?899::>;98;;989889=8:8537F;<>C<;DF;;?=AC<;C@=;;?;;:4@63A",
    b"A4=333479;:9;==AA><?:?:;<;A><8638C;@?A@;AA::@?;<C<@DE;;;@=;5=:4D",
    b"G9A46769?=?9D>@@9:99999889C=>>>4;?==;>><;@;;C?BBH;DCC<;@;;;6:83H",
    b"A3B332353579557:9989989998:343625?:;:E:;;?::=<?<::;;<;:;:<;4573;",
    b"@7F8935774F5<;95=@:886545595;644>>;BC=<77@55::@;;3D>=@88555BB>9>",
    b"?2H4635698;43597=5543333333356455676:753464445I473898E578339?848",
    b"C3;35438<AH:D;;63333223232@@;3=5:33333332333333342252233333=DF44",
    b"8234333573423445444433333333443334344343333344344334433233378583",
    b"<3@343345;65:8:<?DCBA@B<?;:744:39GIGEFFDCH;DEGFEG@FHIGEBA8@4763H",
];

/// How common a piece of text is, for comparison with pieces of the same length.
///
/// In a Markov chain the logarithms of the pairs, less those of the bytes that two pairs share, add up to the
/// logarithm of the whole. Three quarters of that discount measured best: text has a longer memory than one byte.
pub(super) fn commonness(text: &[u8]) -> i32 {
    let pairs = text.windows(2).map(|pair| PAIRS[folded(pair[0])][folded(pair[1])]);
    let shared = text[1..text.len() - 1].iter().map(|&byte| SINGLES[folded(byte)]);
    4 * pairs.map(i32::from).sum::<i32>() - 3 * shared.map(i32::from).sum::<i32>()
}

/// The bits that folding leaves of a byte, as an index.
fn folded(byte: u8) -> usize {
    usize::from(byte & 0x1f | byte >> 1 & 0x20)
}
