package system_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// hostile are the strings that systems break on.
var hostile = map[string]string{
	"family with joiners":      "👩‍👩‍👧‍👦🏳️‍🌈🇸🇴",
	"skin tones":               "👍🏿👍🏻",
	"right to left":            "مرحبا بالعالم שלום",
	"both directions":          "abc אבג 123 دهو",
	"combining marks":          "Z̴̧̛a̶͎͐l̷̫͘g̸͙̈o̶̙͗ é",
	"zero width":               "a\u200bb\u200cc\u200dd\ufeffe",
	"4,000 of four bytes":      strings.Repeat("😀", 4000),
	"HTML":                     `<img src=x onerror="alert(1)"><script>alert(1)</script>`,
	"closing a script":         `</script></title></textarea><svg/onload=alert(1)>`,
	"a link to javascript":     `[click](javascript:alert(1)) [data](data:text/html,<script>alert(1)</script>)`,
	"entities":                 `&lt;b&gt; &amp;amp; &#0;`,
	"format strings":           `%s %d %n %x {0} {{.}} ${jndi:ldap://x} $(reboot) ` + "`reboot`",
	"subjects":                 `chat.*.> $JS.API.> _INBOX.> .. > *`,
	"SQL":                      `'; DROP TABLE events; -- " \ %' OR 1=1`,
	"NoSQL":                    `{"$gt":""} $where a.b.c $set`,
	"JSON":                     `{"t":"welcome"}` + "\",\\u0000\\n",
	"paths":                    `../../etc/passwd C:\con\nul`,
	"line breaks":              "one\ntwo\r\nthree\tfour",
	"separators":               "a\u2028b\u2029c\u0085d",
	"noncharacters":            "\uffff\U0010ffff\ufdd0",
	"the replacement itself":   "\ufffd",
	"private use":              "\ue000\U000f0000",
	"full width":               "ａｄａ ﷽ ﬀ ǆ",
	"turned":                   "\u202egnirts\u202c",
	"numbers":                  "1e309 NaN -0 0x1p-1074 ١٢٣",
	"markdown":                 "```\ncode\n``` > quote\n# head\n|a|b|\n|-|-|\n![i](http://x/y.png)",
	"a mail":                   "From: x\r\n\r\n.\r\nQUIT",
	"escape sequences as text": `\x1b[2J \e[31m \u001b`,
}

func TestHostileTextsAreStoredAndShownAsTheyAreOrRefused(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	g := s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	kept := map[uint64]string{}
	i := 0
	for name, text := range hostile {
		i++
		id := fmt.Sprint("h", i)
		a := ada.Try("t", "send", "id", id, "text", text)
		if a.T == "ack" {
			kept[a.Seq] = strings.TrimSpace(chat.Clean(text)) // pkg/chat/testdata/clean.json says what that changes
		} else if a.Code != "bad_text" || !strings.HasSuffix(a.Message, ".") {
			t.Errorf("%s: refused without a sentence: %+v", name, a)
		}
	}
	if len(kept) < len(hostile)-2 {
		t.Errorf("only %d of %d were accepted", len(kept), len(hostile))
	}
	var last uint64
	for seq := range kept {
		last = max(last, seq)
	}
	ada.Find("the last one to come back", func(f talk.Frame) bool { return f.T == "event" && f.Seq == last })
	for _, f := range ada.Seen() {
		if want, ok := kept[f.Seq]; ok && f.Text != want {
			t.Errorf("shown as %q, sent as %q", f.Text, want)
		}
	}
	bustest.Eventually(t, "the store to have them as they are", func() bool {
		page, err := s.store.Page(t.Context(), store.PageQuery{Chat: chat.ID(w.Chat), Limit: 1000})
		found := 0
		for _, e := range page.Events {
			if want, ok := kept[e.Seq]; ok {
				if e.Text != want {
					t.Fatalf("stored as %q, sent as %q", e.Text, want)
				}
				found++
			}
		}
		return err == nil && found == len(kept)
	})
}

func TestHostileNamesAreShownAsTheyAreOrRefused(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway()
	names := map[string]string{"too long": strings.Repeat("x", 65), "blank": " \u00a0\u2003", "invisible": "\u200b\u200d", "NUL": "\x00"}
	for what, text := range hostile {
		names[what] = text
	}
	chats := map[string]string{}
	for what, name := range names {
		c := talktest.Dial(t, g.url)
		f := c.Try("t", "hello", "name", name)
		switch {
		case f.T == "welcome" && chats[f.Chat] != "":
			t.Errorf("%s opens the chat of %s", what, chats[f.Chat])
		case f.T == "welcome":
			chats[f.Chat] = what
		case f.Code != "bad_name" || !strings.HasSuffix(f.Message, "."):
			t.Errorf("%s: refused without a sentence: %+v", what, f)
		}
	}
	for _, refused := range []string{"too long", "blank", "invisible", "NUL", "noncharacters"} {
		for _, what := range chats {
			if what == refused {
				t.Errorf("the name %q was let in", names[what])
			}
		}
	}
}

func TestNoFrameEndsTheConnectionOrShowsAnInternalError(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway()
	c := talktest.Dial(t, g.url)
	bad := []string{
		`{"t":"send","id":"x","text":"before hello"}`, `{"t":"nonsense"}`, `nonsense`, `[]`, `""`, `{"t":"hello"}`, `{"t":"hello","name":5}`,
		`{"t":"hello","name":"Ada","since":-4}`, `{"t":"hello","name":"Ada","token":"eyJhbGciOiJub25lIn0.e30."}`, "{\"t\":\"send\",\"text\":\"\xff\"}",
	}
	after := []string{
		`{"t":"send","id":"","text":"x"}`, `{"t":"send","id":"a b","text":"x"}`, `{"t":"send","id":"` + strings.Repeat("i", 65) + `","text":"x"}`,
		`{"t":"send","id":"ok","text":""}`, `{"t":"send","id":"ok","text":"` + strings.Repeat("y", 4001) + `"}`, `{"t":"send","id":"ok","text":"\u0000"}`,
		`{"t":"rate","id":"r","score":9}`, `{"t":"rate","id":"r","score":"much"}`, `{"t":"page","id":"p","limit":-1}`, `{"t":"page","id":"p","limit":100000}`,
		`{"t":"page","id":"p","before":-1}`, `{"t":"take","id":"t","chat":"aaaaaaaaaaaaaaaa"}`,
	}
	send := func(frames []string) {
		for _, f := range frames {
			if err := c.WriteText(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	send(bad)
	if err := c.WriteBinary([]byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	c.Send("t", "nonsense", "id", "fence")
	c.Answer("fence")       // all that went before is answered
	c.Hello("Grace", "", 0) // after all that a good one is taken
	send(after)
	c.Say("still-here", "I am still here")
	errors := 0
	for _, f := range c.Frames() {
		if f.T != "error" {
			continue
		}
		errors++
		for _, internal := range []string{"nats", "CHAT_", "json:", "goroutine", "0x", "sqlite", "unmarshal"} {
			if strings.Contains(f.Message, internal) {
				t.Errorf("an internal error is shown: %q", f.Message)
			}
		}
		if !strings.HasSuffix(f.Message, ".") || f.Code == "" {
			t.Errorf("not a sentence: %+v", f)
		}
	}
	if want := len(bad) + 1 + len(after); errors < want {
		t.Errorf("%d errors for %d bad frames", errors, want)
	}
}
