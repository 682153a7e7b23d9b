package llm

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Limits for reading one response.
const (
	maxStream    = 8 << 20
	maxErrorBody = 64 << 10
	// idleConns is about as many requests as a replica makes at once.
	idleConns = 128
)

// newHTTP returns a client that refuses redirects, which would send the chat elsewhere.
func newHTTP(base *http.Client) *http.Client {
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
	return &c
}

// post sends a request and returns the answer with status 200, which the caller closes.
// Anything else is a *fault or an error of the network. Each time bytes arrive, life is
// called. after is how long the endpoint asks to be left alone, 0 if it does not.
func (c *Client) post(ctx context.Context, request []byte, life func()) (answer io.ReadCloser, after time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/chat/completions", bytes.NewReader(request))
	if err != nil {
		return nil, 0, fmt.Errorf("make the model's request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream, application/json")
	if c.cfg.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.cfg.Key)
		if strings.HasSuffix(req.URL.Hostname(), ".azure.com") {
			req.Header.Set("Api-Key", c.cfg.Key)
		}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	life()
	after = retryAfter(resp.Header, time.Now())
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		_ = resp.Body.Close()
		return nil, after, errRedirect
	case resp.StatusCode >= 400:
		said, _ := io.ReadAll(io.LimitReader(living{resp.Body, life}, maxErrorBody)) // what was read is good enough
		_ = resp.Body.Close()
		r := reasonIn(said)
		return nil, after, &fault{status: resp.StatusCode, code: r.code, reason: r.text}
	}
	return struct {
		io.Reader
		io.Closer
	}{&bounded{living{resp.Body, life}, maxStream}, resp.Body}, after, nil
}

// retryAfter parses all forms of the header: seconds, a date, and milliseconds under a
// name of their own.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 && ms < 1e9 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// living calls life whenever bytes arrive.
type living struct {
	io.Reader
	life func()
}

func (l living) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if n > 0 {
		l.life()
	}
	return n, err
}

// bounded fails if more is read than allowed.
type bounded struct {
	io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.Reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
