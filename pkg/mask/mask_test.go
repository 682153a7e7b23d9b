package mask

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func rules(t testing.TB, patterns ...Pattern) *Rules {
	t.Helper()
	r, err := New(Options{Cards: true, IBANs: true, Patterns: patterns})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatIsHidden(t *testing.T) {
	r := rules(t)
	for _, c := range []struct{ in, out string }{
		{"4111111111111111", "••••••••••••1111"},
		{"4111 1111 1111 1111", "•••• •••• •••• 1111"},
		{"my card is 4111-1111-1111-1111, thanks", "my card is ••••-••••-••••-1111, thanks"},
		{"4111.1111.1111.1111", "••••.••••.••••.1111"},
		{"4111 - 1111 - 1111 - 1111", "•••• - •••• - •••• - 1111"},
		{"4111\u00a01111\u202f1111\u20071111", "••••\u00a0••••\u202f••••\u20071111"},
		{"3782 822463 10005", "•••• •••••• •0005"},
		{"5555555555554444.", "••••••••••••4444."},
		{"2223003122003222", "••••••••••••3222"},
		{"30569309025904", "••••••••••5904"},
		{"6011 1111 1111 1117", "•••• •••• •••• 1117"},
		{"3530111333300000", "••••••••••••0000"},
		{"6304000000000000", "••••••••••••0000"},
		{"4222222222222", "•••••••••2222"},
		{"4111 1111 1111 1111 12/27 123", "•••• •••• •••• 1111 12/27 123"},
		{"4111 1111 1111 1111 12 27", "•••• •••• •••• 1111 12 27"},
		{"order 12 card 4111111111111111", "order 12 card ••••••••••••1111"},
		{"12 4111111111111111", "12 ••••••••••••1111"},
		{"卡号4111111111111111谢谢", "卡号••••••••••••1111谢谢"},
		{"٤١١١١١١١١١١١١١١١", "••••••••••••١١١١"},
		{"４１１１ １１１１ １１１１ １１１１", "•••• •••• •••• １１１１"},
		{"(4111111111111111)", "(••••••••••••1111)"},
		{"4111111111111111 5555555555554444", "••••••••••••1111 ••••••••••••4444"},
		{"DE89 3704 0044 0532 0130 00", "•••• •••• •••• •••• ••30 00"},
		{"DE89370400440532013000", "••••••••••••••••••3000"},
		{"iban: gb29nwbk60161331926819.", "iban: ••••••••••••••••••6819."},
		{"NO93 8601 1117 947", "•••• •••• •••7 947"},
		{"FR14 2004 1010 0505 0001 3M02 606 bitte", "•••• •••• •••• •••• •••• •••2 606 bitte"},
		{"MT84MALT011000012345MTLCAST001S", "•••••••••••••••••••••••••••001S"},
	} {
		if got := r.Text(c.in); got != c.out {
			t.Errorf("%q\n got %q\nwant %q", c.in, got, c.out)
		}
		if got := r.Text(r.Text(c.in)); got != c.out {
			t.Errorf("%q: twice is %q", c.in, got)
		}
		if !r.Hides(c.in) || r.Hides(c.out) {
			t.Errorf("%q: Hides is wrong", c.in)
		}
	}
}

func TestWhatIsNotHidden(t *testing.T) {
	r := rules(t)
	for _, s := range []string{
		"", "no digits at all", "order 4111111111111112", "ORD-2026-000123456789", "A4111111111111111", "4111111111111111B", "order_4111111111111111",
		"+49 4111 1111 1111 1111", "+4111111111111111", "+1 (415) 555-2671", "0049 30 901820", "2026-12-01 12:34:56", "1764547200000", "01.12.2026 - 31.12.2026",
		"41111111111111111111111", "4111 1111 1111", "9999 9999 9999 9999", "DHL 00340434161094042557", "1Z999AA10123456784", "ISBN 978-3-16-148410-0",
		"192.168.100.200", "3.14159265358979", "DE89370400440532013001", "DE8937040044053201300", "XDE89370400440532013000", "DE", "DE89",
		"0000 0000 0000 0000", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "https://example.com/track/12345", "550e8400-e29b-41d4-a716-446655440000", "IMEI 490154203237518",
		"a\xff4", "4", "44", "444-4",
	} {
		if got := r.Text(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	var none *Rules
	off, _ := New(Options{})
	for _, r := range []*Rules{none, off} {
		if r.Text("4111111111111111") != "4111111111111111" {
			t.Error("rules that hide nothing did")
		}
	}
}

func TestOwnPatterns(t *testing.T) {
	list, err := ParsePatterns("customer = K-[0-9]{6} ;; pin=(?i)pin:? ?\\d+\nssn=\\b\\d{3}-\\d{2}-\\d{4}\\b")
	if err != nil || len(list) != 3 || list[0].Name != "customer" {
		t.Fatalf("%v %v", list, err)
	}
	list[0].Expr = strings.TrimSpace(list[0].Expr)
	r := rules(t, list...)
	if got := r.Text("K-123456, PIN 4711, 123-45-6789, K-12"); got != "••••••••, ••• ••••, •••••••••••, K-12" {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"x", "=x", "x=", "a=b;;c"} {
		if _, err := ParsePatterns(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	for _, expr := range []string{"(", "a*", "[", "(?=x)", strings.Repeat("a", 501)} {
		if _, err := New(Options{Patterns: []Pattern{{"mine", expr}}}); err == nil || !strings.Contains(err.Error(), `"mine"`) {
			t.Errorf("%q: %v", expr, err)
		}
	}
	if _, err := New(Options{Patterns: make([]Pattern, MaxPatterns+1)}); err == nil {
		t.Error("too many patterns were taken")
	}
}

func TestTextWithoutAnythingToHideIsNotCopied(t *testing.T) {
	r := rules(t)
	s := strings.Repeat("Where is my parcel? ", 50)
	if n := testing.AllocsPerRun(100, func() { r.Text(s) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Whatever is written: the text keeps its length in characters, only
// digits and letters are, and what is a card or an IBAN by itself is found between other words.
func FuzzText(f *testing.F) {
	for _, s := range []string{"4111 1111 1111 1111", "DE89370400440532013000", "a\xff4111111111111111", "٤١١١ 1111", "4111-", "+4", strings.Repeat("4 ", 40)} {
		f.Add(s)
	}
	r := rules(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := r.Text(s)
		if got != s && utf8.RuneCountInString(got) != utf8.RuneCountInString(s) {
			t.Fatalf("%q became %q", s, got)
		}
		before, after := []rune(s), []rune(got)
		for i := range after {
			if got != s && after[i] != before[i] && (after[i] != hidden || !isWord(before[i])) {
				t.Fatalf("%q became %q", s, got)
			}
		}
		if valid := strings.ToValidUTF8(s, ""); strings.Contains(r.Text(valid+"; 4111 1111 1111 1111; "+valid), "; 4111 1111 1111 1111;") {
			t.Fatalf("beside %q a card is shown", s)
		}
	})
}

func BenchmarkText(b *testing.B) {
	r := rules(b)
	for name, s := range map[string]string{"words": strings.Repeat("Where is my parcel? ", 50), "digits": strings.Repeat("4111 ", 200), "letters": strings.Repeat("DE89 ", 200)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				r.Text(s)
			}
		})
	}
}
