package talk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Agent is signed in and on the console. One goroutine uses it.
type Agent struct {
	ws     *websocket.Conn
	frames []Frame
	next   int
}

// SignIn opens a console at a gateway. Close ends it.
func SignIn(ctx context.Context, base, user, password string) (*Agent, error) {
	body, err := json.Marshal(map[string]string{"user": user, "password": password})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/login", strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", base)
	client := http.Client{Timeout: 30 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("sign in as %s: %s", user, resp.Status)
	}
	header := http.Header{"Origin": {base}}
	for _, cookie := range resp.Cookies() {
		header.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	ws, err := dial(ctx, base, "/ws/agent", "parley.agent.v1", header)
	if err != nil {
		return nil, err
	}
	return &Agent{ws: ws}, nil
}

// Close ends the connection.
func (a *Agent) Close() { _ = a.ws.Close() }

// Do sends a frame and waits for its answer, which must not be an error.
func (a *Agent) Do(t, chat, text string) error {
	a.next++
	id := fmt.Sprintf("agent-%d", a.next)
	frame := map[string]any{"t": t, "id": id, "chat": chat}
	if text != "" {
		frame["text"] = text
	}
	if err := a.ws.WriteJSON(frame); err != nil {
		return fmt.Errorf("the agent's %s: %w", t, err)
	}
	f, err := a.find("an answer to "+t, func(f Frame) bool { return f.ID == id && f.T != "event" })
	if err == nil && f.T == "error" {
		err = fmt.Errorf("the agent's %s is answered by %s: %s", t, f.Code, f.Message)
	}
	return err
}

// Waiting waits until the chat is on the desk.
func (a *Agent) Waiting(chat string) error {
	_, err := a.find("the chat on the desk", func(f Frame) bool { return f.T == "desk" && f.Set != nil && f.Set.Chat == chat })
	return err
}

// Hears waits for an event with the text.
func (a *Agent) Hears(text string) error {
	_, err := a.find("the words "+text, func(f Frame) bool { return f.T == "event" && strings.Contains(f.Text, text) })
	return err
}

func (a *Agent) find(what string, want func(Frame) bool) (Frame, error) {
	for i := 0; ; i++ {
		if i == len(a.frames) {
			if err := a.ws.SetReadDeadline(time.Now().Add(40 * time.Second)); err != nil {
				return Frame{}, err
			}
			var f Frame
			if err := a.ws.ReadJSON(&f); err != nil {
				return Frame{}, fmt.Errorf("the agent waits for %s: %w", what, err)
			}
			a.frames = append(a.frames, f)
		}
		if want(a.frames[i]) {
			return a.frames[i], nil
		}
	}
}
