package talk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Agent is signed in and on the console. One goroutine uses it.
type Agent struct {
	*Client
	sent int
}

// SignIn opens a console at a gateway. Close ends it.
func SignIn(ctx context.Context, base, user, password string) (*Agent, error) {
	header, err := Login(ctx, base, user, password)
	if err != nil {
		return nil, err
	}
	s, err := DialConsole(ctx, base, header)
	if err != nil {
		return nil, err
	}
	return &Agent{Client: Listen(s)}, nil
}

// Login returns the header of a user's further requests and of a console.
func Login(ctx context.Context, base, user, password string) (http.Header, error) {
	body, err := json.Marshal(map[string]string{"user": user, "password": password})
	if err != nil {
		return nil, err
	}
	return Call(ctx, base, http.MethodPost, "/api/login", string(body), nil)
}

// Call makes a request to the HTTP API, which must succeed, and returns the header
// that carries the cookies of the response. The header given may be nil.
func Call(ctx context.Context, base, method, path, body string, header http.Header) (http.Header, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if header != nil {
		req.Header = header.Clone()
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", base)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 500))
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	next := http.Header{"Origin": {base}}
	for _, cookie := range resp.Cookies() {
		next.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	return next, nil
}

// Act does something with a chat: t is the kind of the frame. It must be accepted.
func (a *Agent) Act(ctx context.Context, t, chat, text string) error {
	a.sent++
	frame := map[string]any{"t": t, "id": fmt.Sprintf("agent-%d", a.sent), "chat": chat}
	if text != "" {
		frame["text"] = text
	}
	f, err := a.Do(ctx, frame)
	if err == nil && f.T == "error" {
		err = fmt.Errorf("the agent's %s is refused with %s: %s", t, f.Code, f.Message)
	}
	return err
}

// Waiting waits until the chat is on the desk.
func (a *Agent) Waiting(ctx context.Context, chat string) error {
	_, err := a.Await(ctx, "the chat on the desk", func(f Frame) bool { return f.T == "desk" && f.Set != nil && f.Set.Chat == chat })
	return err
}

// Hears waits for an event with the text.
func (a *Agent) Hears(ctx context.Context, text string) error {
	_, err := a.Await(ctx, "the words "+text, func(f Frame) bool { return f.T == "event" && strings.Contains(f.Text, text) })
	return err
}
