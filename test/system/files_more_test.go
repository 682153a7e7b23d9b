package system_test

import (
	"bytes"
	"image"
	"net/http"
	"strings"
	"testing"

	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A file goes to the home of its chat, whichever region's gateway takes it in or gives it out.
func TestAFileIsSentAndReadInAnyRegion(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	eu.history()
	geu, gap := eu.gateway(takesFiles), ap.gateway(takesFiles)
	v := sends(t, geu.url, "Ada")
	data := photo(t, 300, 200)
	there := *v
	there.url = gap.url
	var sent outcome
	id := fileID()
	bustest.Eventually(t, "the gateway in ap to reach eu", func() bool {
		sent = there.uploads(id, "a.jpg", data)
		return sent.Status == http.StatusCreated
	})
	if _, err := eu.filesOf(t).Look(t.Context(), fileKey(v.chat, id)); err != nil {
		t.Errorf("it is not at its chat's home: %v", err)
	}
	for _, at := range []*sender{v, &there} {
		if read := at.reads(id, nil); !bytes.Equal(read.Body, data) {
			t.Errorf("read at %s: %d, %d bytes of %d", at.url, read.Status, len(read.Body), len(data))
		}
	}
	ack := v.Do("t", "send", "id", "m1", "files", []any{map[string]any{"ticket": sent.Ticket}})
	event := v.Find("the message", func(f talk.Frame) bool { return f.T == "event" && f.Seq == ack.Seq })
	if list := filesIn(t, event); len(list) != 1 || list[0].ID != id {
		t.Errorf("a ticket of ap names in eu %s", event.Files)
	}
}

// A photo of a phone is large, and is shown small first.
func TestALargePictureGetsASmallOne(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	g := s.gateway(takesFiles, func(o *gateway.Options) { o.Files.Size = 10_000_000 })
	v := &sender{Client: talktest.Dial(t, g.url), t: t, url: g.url}
	f := v.Hello("Ada", talk.Secret(), 0)
	v.chat, v.token = f.Chat, f.Token
	v.grant = v.Do("t", "grant", "id", "g1").Grant
	// On a machine that is busy it may take longer than anybody waits for, and then there is none.
	id, sent, data := "", outcome{}, photo(t, 1000, 750)
	bustest.Eventually(t, "a small picture to be made in time", func() bool {
		id = fileID()
		sent = v.uploads(id, "photo.jpg", data)
		return sent.File.Thumb
	})
	if sent.File.Width != 1000 || sent.File.Height != 750 {
		t.Errorf("%d %s", sent.Status, sent.Body)
	}
	small := ask(t, http.MethodGet, v.at(id)+"?thumb=1&grant="+v.grant, nil, nil)
	config, format, err := image.DecodeConfig(bytes.NewReader(small.Body))
	if err != nil || format != "jpeg" || config.Width != 480 || config.Height != 360 || small.Header.Get("Content-Type") != "image/jpeg" || int64(len(small.Body)) >= sent.File.Size {
		t.Errorf("the small picture: %d, %d bytes of %s, %+v, %v", small.Status, len(small.Body), format, config, err)
	}
	if again := ask(t, http.MethodPost, v.at(id)+"/ticket", v.bearer(), nil); again.File != sent.File {
		t.Errorf("asked again it is %s", again.Body)
	}
}

// What one chat may send an hour is bounded, and what was refused or sent twice costs nothing of it.
func TestAChatHasItsShareOfFiles(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	g := s.gateway(takesFiles, func(o *gateway.Options) { o.Shares.FilesPerChat = 8_000_000 }) // a quarter of it at once
	v := sends(t, g.url, "Ada")
	text := bytes.Repeat([]byte("words "), 100_000) // 600 KB
	first := fileID()
	for range 3 {
		if got := v.uploads(first, "a.txt", text); got.Ticket == "" {
			t.Fatalf("the first file: %d %s", got.Status, got.Body)
		}
		if got := v.uploads(fileID(), "a", []byte("\x7fELF\x02\x01\x01\x00\x00")); got.Status != http.StatusUnsupportedMediaType {
			t.Fatalf("a program: %d %s", got.Status, got.Body)
		}
	}
	for range 2 {
		if got := v.uploads(fileID(), "b.txt", text); got.Status != http.StatusCreated {
			t.Fatalf("within the share: %d %s", got.Status, got.Body)
		}
	}
	got := v.uploads(fileID(), "b.txt", text)
	if got.Status != http.StatusTooManyRequests || got.Code != "rate_limited" || got.Header.Get("Retry-After") == "" || !strings.HasPrefix(got.Message, "Too much was sent as files in this chat this hour. You can send the next one ") {
		t.Errorf("beyond the share: %d %s", got.Status, got.Body)
	}
	if other := sends(t, g.url, "Bob").uploads(fileID(), "b.txt", text); other.Status != http.StatusCreated {
		t.Errorf("another chat: %d %s", other.Status, other.Body)
	}
	v.Say("m1", "words still go through")
}

func TestFilesCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	on := s.gateway(takesFiles)
	v := sends(t, on.url, "Ada")
	id := fileID()
	sent := v.uploads(id, "a.txt", []byte("some words"))
	if sent.Status != http.StatusCreated {
		t.Fatalf("%d %s", sent.Status, sent.Body)
	}
	off := *v
	off.url = s.gateway().url
	off.Client = talktest.Dial(t, off.url)
	if f := off.Hello("Ada", v.token, 0); f.Files != nil || f.Chat != v.chat {
		t.Errorf("the welcome says of files %s", f.Files)
	}
	if got := off.uploads(fileID(), "b.txt", []byte("more")); got.Status != http.StatusForbidden || got.Message != "Files can't be sent here." {
		t.Errorf("sent all the same: %d %s", got.Status, got.Body)
	}
	if got := off.Try("t", "send", "id", "m1", "files", []any{map[string]any{"ticket": sent.Ticket}}); got.Code != "not_allowed" {
		t.Errorf("named all the same: %+v", got)
	}
	if got := off.reads(id, nil); string(got.Body) != "some words" {
		t.Errorf("what was sent is read: %d %s", got.Status, got.Body)
	}
}

// A browser that was forgotten opens no file any more once its grant has ended, and sends none.
func TestAForgottenBrowserSendsNoFile(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	v := sends(t, s.gateway(takesFiles).url, "Ada")
	v.Say("m1", "hello")
	v.Do("t", "forget", "id", "f1", "token", v.token)
	if got := v.uploads(fileID(), "a.txt", []byte("some words")); got.Status != http.StatusNotFound {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

func fileKey(id, file string) bus.FileKey { return bus.FileKey{Chat: chat.ID(id), ID: file} }
