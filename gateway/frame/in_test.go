package frame

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

func TestBadFramesAreRefusedWithASentence(t *testing.T) {
	for name, data := range map[string]string{
		"no JSON":              `hello`,
		"an array":             `[1,2]`,
		"two objects":          `{"t":"hello"}{"t":"hello"}`,
		"no kind":              `{"name":"Ada"}`,
		"a number as text":     `{"t":"send","text":5}`,
		"a negative since":     `{"t":"hello","since":-1}`,
		"a huge number":        `{"t":"hello","since":1e40}`,
		"half a pair":          `{"t":"send","text":"\ud83d"}`,
		"the other half":       `{"t":"send","text":"x\ude00"}`,
		"a pair the wrong way": `{"t":"send","text":"\ude00\ud83d"}`,
		"invalid UTF-8":        "{\"t\":\"send\",\"text\":\"\xff\"}",
		"nothing":              ``,
		"null":                 `null`,
		"deep nesting":         strings.Repeat("[", 5000),
	} {
		_, err := Parse([]byte(data))
		var no *Refusal
		if !errors.As(err, &no) || no.Code != codes.BadFrame || !strings.HasSuffix(no.Message, ".") {
			t.Errorf("%s: %v, want a refusal with a sentence", name, err)
		}
	}
	if _, err := Parse(nil); err == nil {
		t.Error("a binary frame was accepted")
	}
}

func TestGoodFramesAreRead(t *testing.T) {
	for _, data := range []string{
		`{"t":"hello","name":"Ada","unknown":[1,{"a":2}]}`,
		`{"t":"send","text":"\ud83d\ude00 \\ud83d \\\\ \u0041"}`,
		`{"t":"page","before":12}`,
		`{"t":"chats","before":"2026-01-02T03:04:05.123456789Z"}`,
		`{"t":"chats","before":""}`,
	} {
		if _, err := Parse([]byte(data)); err != nil {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestInternalErrorsAreNotShown(t *testing.T) {
	f := RefusalOf(fmt.Errorf("read CHAT_3 at 10.1.2.3: %w", errors.New("secret detail"))).Answer("m1", "")
	if f.Code != codes.Unavailable || f.RetryMS == 0 || strings.Contains(f.Message, "secret") || strings.Contains(f.Message, "CHAT") {
		t.Errorf("%+v", f)
	}
}

func TestAccountNamesAreForAgentsOnly(t *testing.T) {
	e := chat.Event{Chat: "abcdefghijklmnop", Seq: 4, At: time.Now(), Kind: chat.Say, From: chat.Speaker{Role: chat.RoleAgent, Name: "Grace", User: "grace.h"},
		State: &chat.State{Status: chat.Live, Agent: &chat.Agent{User: "grace.h", Name: "Grace"}}}
	if shown := string(Encode(EventOf(e, 3, false))); strings.Contains(shown, "grace.h") {
		t.Errorf("a visitor reads %s", shown)
	}
	if shown := string(Encode(EventOf(e, 3, true))); !strings.Contains(shown, "grace.h") {
		t.Errorf("an agent reads %s", shown)
	}
}

func TestAnAddressIsForAgentsOnly(t *testing.T) {
	e := chat.Event{Chat: "abcdefghijklmnop", Seq: 4, At: time.Now(), Kind: chat.Request, Request: chat.LeaveEmail, Parts: &chat.Parts{Email: "ada@example.com"}}
	if shown := string(EncodeEvent(e, 3, false)); strings.Contains(shown, "ada@") {
		t.Errorf("a visitor's page reads %s", shown)
	}
	if shown := string(EncodeEvent(e, 3, true)); !strings.Contains(shown, "ada@") {
		t.Errorf("an agent reads %s", shown)
	}
}

func FuzzParseFrame(f *testing.F) {
	for _, seed := range []string{`{"t":"send","id":"1","text":"hi"}`, `{"t":"hello","since":3}`, `{"t":"send","text":"\ud83d\ude00"}`, `{"t":"x","before":"2026-01-01T00:00:00Z"}`, `\u`, `{"t":"\uD800"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := Parse(data)
		if err != nil {
			var no *Refusal
			if !errors.As(err, &no) {
				t.Fatalf("%q is refused without a sentence: %v", data, err)
			}
			return
		}
		if !utf8.ValidString(frame.Text) || !json.Valid(data) {
			t.Fatalf("%q was read as %+v", data, frame)
		}
		// What was sent is what is kept: reading it again from JSON changes nothing.
		var again In
		if json.Unmarshal(data, &again) != nil || again.Text != frame.Text {
			t.Fatalf("%q: %q is not %q", data, frame.Text, again.Text)
		}
	})
}

func TestADetailForADeveloperTravelsBesideTheSentence(t *testing.T) {
	err := fmt.Errorf("say hello: %w", &bus.Refusal{Code: codes.BadToken, Message: "It failed.", Detail: `It needs an "aud".`})
	if f := RefusalOf(err).Answer("", ""); f.Message != "It failed." || f.Detail != `It needs an "aud".` {
		t.Errorf("%+v", f)
	}
	if got := string(Encode(RefusalOf(&bus.Refusal{Code: codes.BadName, Message: "No."}).Answer("", ""))); got != `{"t":"error","code":"bad_name","message":"No."}` {
		t.Errorf("without a detail: %s", got)
	}
}

func TestTheWordsOfARatingAreCleanedAndMayBeNone(t *testing.T) {
	for typed, want := range map[string]string{`Very\u000bgood\u0000!`: "Very\ngood!", `\u0000\ufeff\r\n`: "", "": ""} {
		f, err := Parse([]byte(`{"t":"rate","id":"r1","score":5,"text":"` + typed + `"}`))
		if err == nil {
			err = f.Check()
		}
		if err != nil || f.Text != want {
			t.Errorf("%q: %q, %v", typed, f.Text, err)
		}
	}
}
