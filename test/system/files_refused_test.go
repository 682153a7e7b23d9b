package system_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// filesOf are those that NATS has of a system.
func (s *system) filesOf(t *testing.T) *bus.Files {
	t.Helper()
	f, err := s.connect("look").OpenFiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// bomb is a picture of a few bytes whose header says that it has 41 megapixels.
func bomb(t *testing.T) []byte {
	t.Helper()
	data := photo(t, 30, 20)
	at := bytes.Index(data, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(data[at+5:], 6400)
	binary.BigEndian.PutUint16(data[at+7:], 6500)
	return data
}

func TestWhatCanNotBeSentIsRefusedWithASentenceAndLeavesNothing(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	g := s.gateway(takesFiles)
	ada, bob := sends(t, g.url, "Ada"), sends(t, g.url, "Bob")
	id := fileID()
	post := func(address string, header http.Header, data []byte) outcome {
		return ask(t, http.MethodPost, address, header, bytes.NewReader(data))
	}
	text := []byte("some words")
	chunked := func(data []byte) io.Reader { return io.MultiReader(bytes.NewReader(data)) }
	for name, c := range map[string]struct {
		got      outcome
		status   int
		code     string
		sentence string
	}{
		"no bytes":                {ada.uploads(id, "a.txt", nil), 422, "bad_file", "This file is empty."},
		"a program":               {ada.uploads(id, "a.txt", []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00")), 415, "bad_kind", "Files of this kind can't be sent here."},
		"a program by its name":   {ada.uploads(id, "a.png", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff")), 415, "bad_kind", "Files of this kind can't be sent here."},
		"41 megapixels":           {ada.uploads(id, "a.jpg", bomb(t)), 422, "bad_file", "This picture has too many pixels: pictures must have fewer than 40 megapixels."},
		"too large":               {post(ada.at(id), http.Header{"Authorization": ada.bearer()["Authorization"], "Expect": {"100-continue"}}, bytes.Repeat([]byte("a"), 1_000_001)), 413, "too_long", "This file is too large: 1 MB is the most that can be sent."},
		"too large, unannounced":  {ask(t, http.MethodPost, ada.at(id), ada.bearer(), chunked(bytes.Repeat([]byte("a"), 1_000_001))), 413, "too_long", "This file is too large: 1 MB is the most that can be sent."},
		"a chat that is not hers": {post(g.url+"/api/files/"+bob.chat+"/"+id, ada.bearer(), text), 404, "not_found", "There is no such file."},
		"no chat":                 {post(g.url+"/api/files/nochat/"+id, ada.bearer(), text), 404, "not_found", "There is no such file."},
		"a made up token":         {post(ada.at(id), http.Header{"Authorization": {"Bearer x.y.z"}}, text), 404, "not_found", "There is no such file."},
		"nobody":                  {post(ada.at(id), nil, text), 401, "not_signed_in", ""},
		"a note by a visitor":     {post(ada.at(id)+"?internal=1", ada.bearer(), text), 404, "not_found", "There is no such file."},
		"no id":                   {post(ada.at("short"), ada.bearer(), text), 400, "bad_text", "The id of a file is 22 characters of base64url."},
		"a ticket for nothing":    {post(ada.at(id)+"/ticket", ada.bearer(), nil), 404, "not_found", "There is no such file."},
		"to read what isn't":      {ada.reads(id, nil), 404, "not_found", "There is no such file."},
		"to read without a right": {ask(t, http.MethodGet, ada.at(id), nil, nil), 401, "not_signed_in", ""},
		"another chat's grant":    {ask(t, http.MethodGet, ada.at(id)+"?grant="+bob.grant, nil, nil), 404, "not_found", "There is no such file."},
	} {
		if c.got.Status != c.status || c.got.Code != c.code || c.sentence != "" && c.got.Message != c.sentence || !strings.HasSuffix(c.got.Message, ".") {
			t.Errorf("%s: %d %s", name, c.got.Status, c.got.Body)
		}
	}
	files := s.filesOf(t)
	bustest.Eventually(t, "nothing to be left", func() bool {
		used, err := files.Used(t.Context())
		return err == nil && used == 0
	})
}

// A line is cut in the middle of an upload. Nothing of it is left, and it is sent again.
func TestAnUploadThatStopsHalfwayLeavesNothing(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	g := s.gateway(takesFiles)
	v := sends(t, g.url, "Ada")
	files := s.filesOf(t)
	id, data := fileID(), bytes.Repeat([]byte("words "), 150_000)
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "POST /api/files/%s/%s?name=a.txt HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", v.chat, id, v.token, len(data), data[:300_000]); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "a part of it to be on NATS", func() bool {
		used, err := files.Used(t.Context())
		return err == nil && used > 100_000
	})
	if gone := v.reads(id, nil); gone.Status != http.StatusNotFound {
		t.Errorf("half a file is read: %d", gone.Status)
	}
	_ = conn.Close()
	bustest.Eventually(t, "nothing of it to be left", func() bool {
		used, err := files.Used(t.Context())
		return err == nil && used == 0
	})
	if sent := v.uploads(id, "a.txt", data); sent.Status != http.StatusCreated || sent.File.Hash != hashOf(data) {
		t.Errorf("sent again: %d %s", sent.Status, sent.Body)
	}
}

// scanner finds something in what holds the word virus, and may be away.
type scanner struct{ away atomic.Bool }

func (s *scanner) Scan(_ context.Context, file io.Reader) (bool, error) {
	if s.away.Load() {
		return false, errors.New("nobody answers")
	}
	data, err := io.ReadAll(file)
	return bytes.Contains(data, []byte("virus")), err
}

// While the scanner is away, a file waits: it arrived, and nobody gets it before it was scanned.
func TestAFileWaitsForItsScan(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	scan := &scanner{}
	g := s.gateway(takesFiles, func(o *gateway.Options) { o.FileScan = scan })
	v := sends(t, g.url, "Ada")
	scan.away.Store(true)
	id, data := fileID(), photo(t, 64, 48)
	waits := func(what string, got outcome) {
		t.Helper()
		if got.Status != http.StatusServiceUnavailable || got.Code != "unchecked" || got.Header.Get("Retry-After") == "" || !strings.Contains(got.Message, "waits for the virus check") {
			t.Errorf("%s: %d %s", what, got.Status, got.Body)
		}
	}
	waits("the upload", v.uploads(id, "a.jpg", data))
	waits("a ticket", ask(t, http.MethodPost, v.at(id)+"/ticket", v.bearer(), nil))
	if early := v.reads(id, nil); early.Status != http.StatusNotFound {
		t.Errorf("read before its scan: %d", early.Status)
	}
	scan.away.Store(false)
	if got := ask(t, http.MethodPost, v.at(id)+"/ticket", v.bearer(), nil); got.Status != http.StatusOK || got.Ticket == "" || got.File.Width != 64 {
		t.Errorf("a ticket once it is back: %d %s", got.Status, got.Body)
	}
	if read := v.reads(id, nil); !bytes.Equal(read.Body, data) {
		t.Errorf("read: %d, %d bytes", read.Status, len(read.Body))
	}
	bad := fileID()
	if got := v.uploads(bad, "a.txt", []byte("a virus")); got.Status != http.StatusUnprocessableEntity || got.Code != "infected" {
		t.Errorf("a bad file: %d %s", got.Status, got.Body)
	}
	if _, err := s.filesOf(t).Look(t.Context(), bus.FileKey{Chat: chat.ID(v.chat), ID: bad}); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("a bad file is still there: %v", err)
	}
}

// A message names its own chat's files, once each, and no file of a note; a note no file of a message.
func TestATicketIsGoodForWhatItWasGivenFor(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	g := s.gateway(takesFiles)
	ada, bob := sends(t, g.url, "Ada"), sends(t, g.url, "Bob")
	mine, other := ada.uploads(fileID(), "a.txt", []byte("mine")), bob.uploads(fileID(), "b.txt", []byte("his"))
	ada.Say("m1", "hello")
	grace := s.agent(g, "grace")
	header := talktest.Login(t, g.url, "grace", "a long password")
	noteID := fileID()
	forNote := ask(t, http.MethodPost, ada.at(noteID)+"?name=n.txt&internal=1", header, strings.NewReader("for us"))
	if forNote.Status != http.StatusCreated {
		t.Fatalf("a file of a note: %d %s", forNote.Status, forNote.Body)
	}
	named := func(tickets ...string) (list []any) {
		for _, ticket := range tickets {
			list = append(list, map[string]any{"ticket": ticket})
		}
		return list
	}
	for name, c := range map[string]struct {
		files    []any
		code     string
		sentence string
	}{
		"of another chat": {named(other.Ticket), "bad_ticket", "its ticket is not of this chat"},
		"made up":         {named("x.y.z"), "bad_ticket", "its ticket is not of this chat"},
		"a token":         {named(ada.token), "bad_ticket", "its ticket is not of this chat"},
		"of a note":       {named(forNote.Ticket), "bad_ticket", "uploaded for agents only"},
		"twice":           {named(mine.Ticket, mine.Ticket), "bad_file", "the same file twice"},
		"too many":        {named(mine.Ticket, "a", "b", "c"), "bad_frame", "at most 3 files"},
		"none":            {named(""), "bad_frame", "by its ticket"},
	} {
		if got := ada.Try("t", "send", "id", strings.ReplaceAll(name, " ", "-"), "text", "see", "files", c.files); got.Code != c.code || !strings.Contains(got.Message, c.sentence) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := grace.Try("t", "note", "id", "n0", "chat", ada.chat, "files", named(mine.Ticket)); got.Code != "bad_ticket" || !strings.Contains(got.Message, "for the visitor, too") {
		t.Errorf("a message's file in a note: %+v", got)
	}

	ack := grace.Do("t", "note", "id", "n1", "chat", ada.chat, "files", named(forNote.Ticket))
	grace.Do("t", "open", "id", "o1", "chat", ada.chat)
	note := grace.Find("the note", func(f talk.Frame) bool { return f.T == "event" && f.Seq == ack.Seq })
	if list := filesIn(t, note); note.Kind != "note" || len(list) != 1 || list[0].ID != noteID {
		t.Errorf("the note has %s", note.Files)
	}
	if got := ada.reads(noteID, nil); got.Status != http.StatusNotFound {
		t.Errorf("a visitor reads a note's file: %d", got.Status)
	}
	if got := ask(t, http.MethodGet, ada.at(noteID), header, nil); string(got.Body) != "for us" || got.Header.Get("Content-Type") != "application/octet-stream" || got.Header.Get("Content-Disposition") != `attachment; filename=n.txt` {
		t.Errorf("an agent reads it: %d %q %v", got.Status, got.Body, got.Header)
	}
	elsewhere := http.Header{"Cookie": header["Cookie"], "Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}
	if got := ask(t, http.MethodPost, ada.at(fileID()), elsewhere, strings.NewReader("x")); got.Status != http.StatusForbidden || got.Code != "bad_origin" {
		t.Errorf("another site's page sends with an agent's cookie: %d %s", got.Status, got.Body)
	}

	ada.Do("t", "escalate", "id", "e1")
	grace.Find("the chat on the desk", func(f talk.Frame) bool { return f.T == "desk" && f.Set != nil && f.Set.Chat == ada.chat })
	grace.Do("t", "take", "id", "t1", "chat", ada.chat)
	said := ask(t, http.MethodPost, ada.at(fileID())+"?name=page.html", header, strings.NewReader("<!DOCTYPE html><html><script>alert(1)</script></html>"))
	ack = grace.Do("t", "say", "id", "s1", "chat", ada.chat, "files", named(said.Ticket))
	event := ada.Find("what the agent sent", func(f talk.Frame) bool { return f.T == "event" && f.Seq == ack.Seq })
	if list := filesIn(t, event); event.Kind != "say" || len(list) != 1 || list[0].Type != "text/html" {
		t.Errorf("what the agent says has %s", event.Files)
	}
	if got := ada.reads(said.File.ID, nil); got.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("a page of scripts comes as %v", got.Header)
	}
	fresh := ada.Do("t", "grant", "id", "g1")
	if fresh.T != "grant" || fresh.Grant == "" || fresh.Until.IsZero() {
		t.Errorf("another grant: %+v", fresh)
	}
}
