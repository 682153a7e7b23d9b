package files

import (
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestANameIsMadeFitToBeShown(t *testing.T) {
	long := strings.Repeat("ü", 4000)
	for given, want := range map[string]string{
		"report.pdf":                     "report.pdf",
		"../../etc/passwd":               "passwd",
		`C:\Users\Ada\bill.pdf`:          "bill.pdf",
		"a/b/":                           "picture.png",
		"":                               "picture.png",
		"...":                            "picture.png",
		"\u200d\u200d":                   "picture.png",
		"\u3164":                         "picture.png",
		"invoice\u202efdp.exe":           "invoicefdp.exe.png",
		"page.HTML":                      "page.HTML.png",
		"notes.py.":                      "notes.py.png",
		"\u2066a\u2069\u200f.png":        "a.png",
		"one\r\nSet-Cookie: a=b.txt":     "one Set-Cookie: a=b.txt",
		"a\x00b\x1b[31m\u0085c\u2028d":   "ab[31m c d",
		"  a \t b\u00a0.txt ":            "a b .txt",
		"re\u0301sume\u0301.pdf":         "résumé.pdf",
		"👩\u200d💻.png":                   "👩\u200d💻.png",
		"bad\xff\xfeutf.txt":             "badutf.txt",
		".bashrc":                        "bashrc",
		long + ".jpeg":                   strings.Repeat("ü", 114) + "….jpeg",
		long + "." + long:                strings.Repeat("ü", 119) + "…",
		"a." + strings.Repeat("x", 4000): "a." + strings.Repeat("x", 117) + "…",
		"\U000e0041tag.txt":              "tag.txt",
	} {
		if got := CleanName(given, "image/png", ".png"); got != want {
			t.Errorf("%q becomes %q, not %q", given, got, want)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"a.pdf", "../x", "\u202egpj.exe", strings.Repeat("a", 4000), strings.Repeat("a", 118) + ".js", "a\r\nb", "\xff", `"; filename=x`, "%00", "ünïcode 'quoted'.txt"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, given string) {
		name := CleanName(given, "text/plain", ".txt")
		if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > chat.MaxFileName || strings.ContainsAny(name, "/\\\r\n\x00") {
			t.Fatalf("%q becomes %q", given, name)
		}
		for _, r := range name {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && !isJoiner(r) {
				t.Fatalf("%q becomes %q", given, name)
			}
		}
		if again := CleanName(name, "text/plain", ".txt"); again != name {
			t.Fatalf("%q becomes %q, and that %q", given, name, again)
		}
		header := disposition("attachment", name)
		for _, r := range header {
			if r < ' ' || r > '~' {
				t.Fatalf("%q has the header %q", name, header)
			}
		}
		how, params, err := mime.ParseMediaType(header)
		if err != nil || how != "attachment" || params["filename"] == "" {
			t.Fatalf("%q has the header %q: %v", name, header, err)
		}
		if _, extended, ok := strings.Cut(header, "filename*="); ok {
			if _, params, err = mime.ParseMediaType("attachment; filename*=" + extended); err != nil || params["filename"] != name {
				t.Fatalf("%q has the header %q, which is read as %q: %v", name, header, params["filename"], err)
			}
		}
	})
}
