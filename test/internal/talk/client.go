package talk

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// Client is a connection that keeps every frame, so that a test can wait for one
// that may have come already. It checks that events come in order, each once, each
// naming the one before it. Its methods may be called concurrently, but for those
// that write.
type Client struct {
	*Socket
	done chan struct{} // closed when nothing is read any more

	mu      sync.Mutex // guards what follows
	frames  []Frame
	events  map[string][]Frame // by chat; a visitor's own under ""
	faults  []string
	ended   error
	changed chan struct{} // closed and replaced with each frame
}

// Listen reads what comes on the socket until it ends; Close ends it.
func Listen(s *Socket) *Client {
	c := &Client{Socket: s, done: make(chan struct{}), events: map[string][]Frame{}, changed: make(chan struct{})}
	go c.listen()
	return c
}

// Close ends the connection and waits until nothing is read any more.
func (c *Client) Close() {
	c.Socket.Close()
	<-c.done
}

func (c *Client) listen() {
	defer close(c.done)
	for {
		f, err := c.Read()
		c.hear(f, err)
		if err != nil {
			return
		}
	}
}

func (c *Client) hear(f Frame, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { close(c.changed); c.changed = make(chan struct{}) }()
	if err != nil {
		c.ended = err
		return
	}
	c.frames = append(c.frames, f)
	switch f.T {
	case "welcome":
		delete(c.events, "")
	case "event":
		seen := c.events[f.Chat]
		if n := len(seen); n > 0 && (f.Prev != seen[n-1].Seq || f.Seq <= seen[n-1].Seq) {
			c.faults = append(c.faults, fmt.Sprintf("event %d, which names %d before it, came after %d", f.Seq, f.Prev, seen[n-1].Seq))
		}
		c.events[f.Chat] = append(seen, f)
	}
}

// Await returns the first frame for which want holds, of those since the last
// Forget. The error says what was waited for: the connection ended, or it did not
// come for three minutes.
func (c *Client) Await(ctx context.Context, what string, want func(Frame) bool) (Frame, error) {
	return c.await(ctx, what, 0, want)
}

// Ask sends a frame and returns the next one that is neither an event nor a signal.
func (c *Client) Ask(ctx context.Context, frame map[string]any) (Frame, error) {
	return c.ask(ctx, frame, func(f Frame) bool { return f.T != "event" && f.T != "signal" })
}

// Do sends a frame until it is dealt with, and returns its answer: an error only if
// it is refused for good. As every client has to, it sends again what can't be done
// now. The frame has an id or is a hello.
func (c *Client) Do(ctx context.Context, frame map[string]any) (Frame, error) {
	id, _ := frame["id"].(string)
	answers := func(f Frame) bool { return f.ID == id && f.T != "event" && f.T != "signal" }
	if frame["t"] == "hello" {
		// What every page is told, as the settings are, may come before.
		answers = func(f Frame) bool { return f.T == "welcome" || f.T == "error" }
	}
	for {
		f, err := c.ask(ctx, frame, answers)
		if err != nil || f.T != "error" || f.Retry == 0 {
			return f, err
		}
		if err := wait.For(ctx, time.Duration(f.Retry)*time.Millisecond); err != nil {
			return f, err
		}
	}
}

// ask sends a frame and returns the next one for which want holds.
func (c *Client) ask(ctx context.Context, frame map[string]any, want func(Frame) bool) (Frame, error) {
	c.mu.Lock()
	from := len(c.frames)
	c.mu.Unlock()
	if err := c.Write(frame); err != nil {
		return Frame{}, fmt.Errorf("send %v: %w", frame, err)
	}
	return c.await(ctx, fmt.Sprint("an answer to ", frame), from, want)
}

// await is Await for the frames from the index on.
func (c *Client) await(ctx context.Context, what string, from int, want func(Frame) bool) (Frame, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		c.mu.Lock()
		later := c.frames[min(from, len(c.frames)):]
		ended, changed := c.ended, c.changed
		c.mu.Unlock()
		if i := slices.IndexFunc(later, want); i >= 0 {
			return later[i], nil
		}
		if ended != nil {
			return Frame{}, fmt.Errorf("waiting for %s: %w", what, ended)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Frame{}, fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		}
	}
}

// Forget forgets the frames that came so far, but not the events in view.
func (c *Client) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frames = nil
}

// Frames returns the frames since the last Forget.
func (c *Client) Frames() []Frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.frames)
}

// Seen returns the events of the visitor's chat since the last welcome.
func (c *Client) Seen() []Frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.events[""])
}

// Faults returns what was wrong with the order of the events.
func (c *Client) Faults() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.faults)
}

// Ended returns why the connection has ended, nil while it has not.
func (c *Client) Ended() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}
