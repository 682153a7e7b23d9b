package visitor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// uploadTime is how long one try to send a file may take.
const uploadTime = 30 * time.Second

// File is a file that was sent, and may be named by a message.
type File struct {
	history.Attached
	Ticket string
}

// Content makes up the bytes of a file: a text, which can be sent everywhere.
func Content(r *rand.Rand, size int) []byte {
	const letters = "abcdefghijklmnopqrstuvwxyz \n"
	b := make([]byte, size)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	b[0] = 'a'
	return b
}

// Upload sends a file, again and again to any gateway under the same id, until it has a ticket for it
// or the context ends, which it reports. Some first tries are cut in the middle.
func (v *Visitor) Upload(ctx context.Context, content []byte) (f File, ok bool) {
	return v.UploadSlowly(ctx, content, 0)
}

// UploadSlowly is Upload over a line that brings so many bytes a second; 0: it is fast. A slow one is
// never cut.
func (v *Visitor) UploadSlowly(ctx context.Context, content []byte, line int) (f File, ok bool) {
	v.mu.Lock()
	var id [16]byte
	for i := range id {
		id[i] = byte(v.o.Rand.IntN(256))
	}
	cut, at := v.o.Rand.IntN(4) == 0, v.o.First
	v.mu.Unlock()
	sum := sha256.Sum256(content)
	f.ID, f.Hash, f.Size = base64.RawURLEncoding.EncodeToString(id[:]), base64.RawURLEncoding.EncodeToString(sum[:]), int64(len(content))
	for try := 1; ; try++ {
		v.mu.Lock()
		chat, token := v.chat, v.token
		wait := wire.Backoff(try, v.o.Rand)
		v.mu.Unlock()
		if all := v.o.Gateways(); len(all) > 0 && chat != "" {
			var body io.Reader = bytes.NewReader(content)
			limit := uploadTime
			if line > 0 {
				body, limit = &slowReader{ctx: ctx, from: body, line: line}, uploadTime+2*time.Duration(len(content)/line)*time.Second
			} else if cut && try == 1 {
				body = io.MultiReader(bytes.NewReader(content[:len(content)/2]), cutReader{})
			}
			ticket, final := v.upload(ctx, limit, all[(at+try)%len(all)], chat, token, f, body)
			if ticket != "" || final {
				f.Ticket = ticket
				return f, ticket != ""
			}
		}
		if !wire.Wait(ctx, wait) {
			return f, false
		}
	}
}

// cutReader is the end of a line that was cut.
type cutReader struct{}

func (cutReader) Read([]byte) (int, error) { return 0, errors.New("the line was cut") }

// slowReader is a line that brings so many bytes a second.
type slowReader struct {
	ctx  context.Context
	from io.Reader
	line int
}

func (r *slowReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p[:min(len(p), max(1, r.line/20))])
	if n > 0 && !wire.Wait(r.ctx, time.Duration(float64(n)/float64(r.line)*float64(time.Second))) {
		return 0, r.ctx.Err()
	}
	return n, err
}

// upload tries once. final says that no other try will do better.
func (v *Visitor) upload(ctx context.Context, limit time.Duration, base, chat, token string, f File, body io.Reader) (ticket string, final bool) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/files/"+chat+"/"+f.ID+"?name="+url.QueryEscape("notes "+f.ID[:4]+".txt"), body)
	if err != nil {
		return "", true
	}
	maps.Copy(req.Header, v.o.Header)
	req.Header.Set("Authorization", "Bearer "+token)
	req.ContentLength = f.Size
	req.Close = true // the gateway may be another process by the next time
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", false
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Ticket string `json:"ticket"`
	}
	err = json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&answer)
	switch {
	case resp.StatusCode < 300 && err == nil:
		return answer.Ticket, true
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusRequestTimeout:
		return "", false
	}
	return "", resp.StatusCode != http.StatusNotFound || ctx.Err() != nil // not found: the token may just be another one
}

// SendFile is Send of a message that names a file.
func (v *Visitor) SendFile(text string, f File) {
	v.say(said{what: "message", text: text, files: []File{f}})
}

// attached returns what the record, and the frame, have of the files of a message.
func (m *said) attached() (list string, frame []wire.Ticket) {
	var all []history.Attached
	for _, f := range m.files {
		all = append(all, f.Attached)
		frame = append(frame, wire.Ticket{Ticket: f.Ticket})
	}
	return history.AttachedList(all), frame
}
