package system_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/gateway/files"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// takesFiles has a gateway take files of up to a megabyte.
func takesFiles(o *gateway.Options) {
	o.Files = files.Rules{On: true, Size: 1_000_000, Count: 3, Kinds: []string{"image/*", "text/plain", "application/pdf", "video/*", "text/html"}}
}

// sender is a visitor with a connection, as a page is.
type sender struct {
	*talktest.Client
	t                       *testing.T
	url, chat, token, grant string
}

func sends(t *testing.T, url, name string) *sender {
	t.Helper()
	v := &sender{Client: talktest.Dial(t, url), t: t, url: url}
	f := v.Hello(name, talk.Secret(), 0)
	v.chat, v.token = f.Chat, f.Token
	var rules struct {
		Grant string
		Size  int64
		Count int
		Kinds []string
	}
	if err := json.Unmarshal(f.Files, &rules); err != nil || rules.Grant == "" || rules.Size != 1_000_000 || rules.Count != 3 || len(rules.Kinds) != 5 {
		t.Fatalf("the welcome says of files %s, %v", f.Files, err)
	}
	v.grant = rules.Grant
	return v
}

// fileID draws the id of a file, as pages do.
func fileID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// outcome is what a request about a file was answered with.
type outcome struct {
	Status  int `json:"-"`
	Header  http.Header
	Body    []byte    `json:"-"`
	File    chat.File `json:"file"`
	Ticket  string    `json:"ticket"`
	Code    string    `json:"code"`
	Message string    `json:"message"`
}

// ask makes a request about a file.
func ask(t *testing.T, method, address string, header http.Header, body io.Reader) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), bustest.Patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		r.Header[k] = v
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, address, err)
	}
	defer func() { _ = resp.Body.Close() }()
	o := outcome{Status: resp.StatusCode, Header: resp.Header}
	if o.Body, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(o.Body, &o); err != nil {
			t.Fatalf("%s: %v", o.Body, err)
		}
	}
	return o
}

func (v *sender) bearer() http.Header { return http.Header{"Authorization": {"Bearer " + v.token}} }

func (v *sender) at(id string) string { return v.url + "/api/files/" + v.chat + "/" + id }

// uploads sends a file under an id, and returns the answer.
func (v *sender) uploads(id, name string, data []byte) outcome {
	v.t.Helper()
	return ask(v.t, http.MethodPost, v.at(id)+"?name="+url.QueryEscape(name), v.bearer(), bytes.NewReader(data))
}

// reads reads a file as the visitor's page does.
func (v *sender) reads(id string, header http.Header) outcome {
	v.t.Helper()
	return ask(v.t, http.MethodGet, v.at(id)+"?grant="+v.grant, header, nil)
}

// filesIn are the files of an event.
func filesIn(t *testing.T, event talk.Frame) (list []chat.File) {
	t.Helper()
	if err := json.Unmarshal(event.Files, &list); err != nil {
		t.Fatalf("the event has the files %q: %v", event.Files, err)
	}
	return list
}

// photo is a picture of that size.
func photo(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = byte(i % 251)
	}
	img.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestAVisitorSendsAFileAndReadsIt(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	v := sends(t, s.gateway(takesFiles).url, "Ada")

	id, data := fileID(), photo(t, 640, 480)
	sent := v.uploads(id, "../screen shot.jpg", data)
	if want := (chat.File{ID: id, Name: "screen shot.jpg", Type: "image/jpeg", Size: int64(len(data)), Hash: hashOf(data), Width: 640, Height: 480, Thumb: sent.File.Thumb}); sent.Status != http.StatusCreated || sent.File != want || sent.Ticket == "" {
		t.Fatalf("%d %s", sent.Status, sent.Body)
	}
	// An upload whose answer was lost.
	if again := v.uploads(id, "other.jpg", data); again.Status != http.StatusOK || again.File != sent.File || again.Ticket == "" {
		t.Errorf("the same file again: %d %s", again.Status, again.Body)
	}
	if again := ask(t, http.MethodPost, v.at(id)+"/ticket", v.bearer(), nil); again.Status != http.StatusOK || again.File != sent.File {
		t.Errorf("a ticket for what was sent: %d %s", again.Status, again.Body)
	}
	if other := v.uploads(id, "a.jpg", photo(t, 20, 20)); other.Status != http.StatusConflict || other.Code != "file_differs" {
		t.Errorf("another file under the same id: %d %s", other.Status, other.Body)
	}

	named := []any{map[string]any{"ticket": sent.Ticket, "alt": "a grey picture"}}
	ack := v.Do("t", "send", "id", "m1", "files", named)
	shown := v.Find("the message", func(f talk.Frame) bool { return f.T == "event" && f.Seq == ack.Seq })
	want := sent.File
	want.Alt = "a grey picture"
	if list := filesIn(t, shown); len(list) != 1 || list[0] != want || shown.Kind != "message" || shown.Text != "" {
		t.Errorf("the event has %s", shown.Files)
	}
	if again := v.Do("t", "send", "id", "m1", "files", named, "again", true); again.Seq != ack.Seq {
		t.Errorf("sent again it is event %d, not %d", again.Seq, ack.Seq)
	}

	read := v.reads(id, nil)
	if read.Status != http.StatusOK || !bytes.Equal(read.Body, data) {
		t.Fatalf("read: %d, %d bytes", read.Status, len(read.Body))
	}
	for name, value := range map[string]string{
		"Content-Type": "image/jpeg", "ETag": `"` + hashOf(data) + `"`, "Cache-Control": "private, max-age=3600, immutable", "X-Content-Type-Options": "nosniff",
		"Content-Disposition": `inline; filename="screen shot.jpg"`, "Cross-Origin-Resource-Policy": "same-origin", "Accept-Ranges": "bytes",
	} {
		if got := read.Header.Get(name); got != value {
			t.Errorf("%s is %q, not %q", name, got, value)
		}
	}
	if csp := read.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("Content-Security-Policy is %q", csp)
	}
	if part := v.reads(id, http.Header{"Range": {"bytes=100-199"}}); part.Status != http.StatusPartialContent || !bytes.Equal(part.Body, data[100:200]) {
		t.Errorf("a range: %d, %d bytes", part.Status, len(part.Body))
	}
	if cached := v.reads(id, http.Header{"If-None-Match": {`"` + hashOf(data) + `"`}}); cached.Status != http.StatusNotModified {
		t.Errorf("what the browser has: %d", cached.Status)
	}
	if head := ask(t, http.MethodHead, v.at(id)+"?grant="+v.grant, nil, nil); head.Status != http.StatusOK || head.Header.Get("Content-Length") != fmt.Sprint(len(data)) {
		t.Errorf("HEAD: %d, %v", head.Status, head.Header)
	}
	if saved := ask(t, http.MethodGet, v.at(id)+"?save=1&grant="+v.grant, nil, nil); !strings.HasPrefix(saved.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("to be saved: %q", saved.Header.Get("Content-Disposition"))
	}
}
