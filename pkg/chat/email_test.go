package chat_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestAnEmailIsExactlyOneAddress(t *testing.T) {
	for in, want := range map[string]string{
		"ada@example.com":                  "ada@example.com",
		"  Ada.L+shop@mail.example.co.uk ": "Ada.L+shop@mail.example.co.uk",
		"o'brien@example.com":              "o'brien@example.com",
		"用户@例子.广告":                         "用户@例子.广告",
		"ada@xn--bcher-kva.example":        "ada@xn--bcher-kva.example",
		"ada\u200b@example.com\ufeff":      "",
	} {
		got, err := chat.CleanEmail(in)
		if want != "" && (got != want || err != nil) {
			t.Errorf("%q becomes %q (%v), want %q", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", " ", "ada", "@", "ada@", "@example.com", "ada@example", "ada@.com", "ada@example..com", "ada@example.com.",
		"ada@example.com, bob@example.com", "ada@example.com bob@example.com", "ada@example.com;bob@example.com", "ada@@example.com", "ada@b@example.com",
		"Ada <ada@example.com>", "\"ada\"@example.com", "ada@[127.0.0.1]", "ada@-example.com", "ada@example-.com", ".ada@example.com", "ada.@example.com", "a..b@example.com",
		"ada@example.com?bcc=all@example.com", "ada@example.com\r\nBcc: all@example.com", "ada@exa\u0000mple.com%0abcc", "mailto:ada@example.com", "<script>@example.com",
		"ada@example.com\xff", strings.Repeat("a", 65) + "@example.com", "ada@" + strings.Repeat("b", 64) + ".com", "ada@" + strings.Repeat("bcd.", 70) + "com",
	} {
		got, err := chat.CleanEmail(in)
		if _, bad := errors.AsType[*chat.TextError](err); !bad {
			t.Errorf("%q becomes %q (%v), want it refused with a sentence", in, got, err)
		}
	}
}
