package llm

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Limits for reading one response.
const (
	maxStream    = 8 << 20
	maxErrorBody = 64 << 10
	// idleConns is about as many requests as a replica makes at once.
	idleConns = 128
)

// info is what a turn needs from its HTTP response and the library does not expose. Only
// one goroutine uses it.
type info struct {
	retryAfter time.Duration
	done       bool // the stream ended properly
}

type infoKey struct{}

// doer makes the requests. It refuses redirects, which would send the chat elsewhere,
// limits what is read, and fills in info.
type doer struct{ http *http.Client }

func newDoer(base *http.Client) doer {
	var c http.Client
	if base != nil {
		c = *base
	} else if t, ok := http.DefaultTransport.(*http.Transport); ok {
		// All requests go to one host. By default two idle connections to it are kept,
		// so a replica would open one for nearly every request.
		t = t.Clone()
		t.MaxIdleConns, t.MaxIdleConnsPerHost = idleConns, idleConns
		c.Transport = t
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return doer{http: &c}
}

// Do implements the library's HTTPDoer.
func (d doer) Do(req *http.Request) (*http.Response, error) {
	resp, err := d.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		_ = resp.Body.Close()
		return nil, errRedirect
	}
	body := &boundedBody{ReadCloser: resp.Body, left: maxStream, tail: []byte("\n")}
	if in, ok := req.Context().Value(infoKey{}).(*info); ok {
		in.retryAfter = retryAfter(resp.Header, time.Now())
		body.info = in
	}
	if resp.StatusCode >= 400 {
		body.left = maxErrorBody
		body.lenient = true
	}
	resp.Body = body
	return resp, nil
}

func withInfo(ctx context.Context, in *info) context.Context {
	return context.WithValue(ctx, infoKey{}, in)
}

// retryAfter parses both forms of the header, seconds and a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// boundedBody fails if the body is too long (or, if lenient, ends it there), and watches
// for the line that ends a stream.
type boundedBody struct {
	io.ReadCloser
	left    int
	lenient bool
	info    *info
	tail    []byte // the last bytes read, to find a line that spans two reads
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		if b.lenient {
			return 0, io.EOF
		}
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	if b.info != nil && n > 0 {
		seen := append(b.tail, p[:n]...)
		if bytes.Contains(seen, []byte("\ndata: [DONE]")) || bytes.Contains(seen, []byte("\ndata:[DONE]")) {
			b.info.done = true
		}
		b.tail = append([]byte(nil), seen[max(0, len(seen)-16):]...)
	}
	return n, err
}
