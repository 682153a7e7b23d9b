package client

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// History reads a whole chat over a connection of its own, page by page from
// its end to its beginning, and returns it in its order.
func History(ctx context.Context, base, name, token string, limit int) ([]Event, error) {
	ws, err := Dial(ctx, base)
	if err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", name, err)
	}
	defer func() { _ = ws.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = ws.Close() })
	defer stop()
	// ask sends a frame until it is answered by one of that kind.
	ask := func(r request, answer string) (frame, error) {
		for {
			if err := write(ws, r); err != nil {
				return frame{}, fmt.Errorf("read the history of %s: %w", name, err)
			}
			f, err := next(ws.ReadMessage, answer)
			if err != nil {
				return frame{}, fmt.Errorf("read the history of %s: %w", name, err)
			}
			if f.T == answer {
				return f, nil
			}
			if f.Retry == 0 {
				return frame{}, fmt.Errorf("read the history of %s: %s: %s", name, f.Code, f.Message)
			}
			select {
			case <-ctx.Done():
				return frame{}, ctx.Err()
			case <-time.After(time.Duration(f.Retry) * time.Millisecond):
			}
		}
	}
	if _, err := ask(request{T: "hello", Name: name, Token: token}, "welcome"); err != nil {
		return nil, err
	}
	var all []Event
	for before := uint64(0); ; before = all[0].Seq {
		f, err := ask(request{T: "page", ID: fmt.Sprintf("page-%d", before), Before: before, Limit: limit}, "page")
		if err != nil {
			return nil, err
		}
		if len(f.Events) == 0 {
			return all, nil
		}
		all = append(f.Events, all...)
		if !f.More {
			return all, nil
		}
	}
}

// next returns the next frame of that kind, or an error frame; all others are
// passed over.
func next(read func() (int, []byte, error), kind string) (frame, error) {
	for {
		_, data, err := read()
		if err != nil {
			return frame{}, err
		}
		var f frame
		if err := json.Unmarshal(data, &f); err != nil {
			return frame{}, err
		}
		if f.T == kind || f.T == "error" {
			return f, nil
		}
	}
}
