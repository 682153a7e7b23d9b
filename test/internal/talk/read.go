package talk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// errUnavailable says that the server can't do something now.
var errUnavailable = errors.New("unavailable comes")

// readLimit is how long a whole chat may take.
const readLimit = 90 * time.Second

// ReadAgain reads the visitor's whole chat as a browser does that has the token and
// nothing else: the last events, then page by page the older ones. A page that is
// unavailable is requested again, and counted.
func (v *Visitor) ReadAgain(ctx context.Context) ([]Frame, error) {
	ctx, stop := context.WithTimeout(ctx, readLimit)
	defer stop()
	var s *Socket
	var err error
	for _, base := range v.Gateways() {
		if s, err = Dial(ctx, base, nil); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	defer s.Close()
	defer context.AfterFunc(ctx, s.Close)()
	v.mu.Lock()
	hello, chat := map[string]any{"t": "hello", "name": v.Name, "token": v.token}, v.chat
	v.mu.Unlock()
	if err := s.Write(hello); err != nil {
		return nil, fmt.Errorf("%s says hello: %w", v.Name, err)
	}
	welcome, err := next(s, "welcome")
	if err != nil {
		return nil, err
	}
	if welcome.Chat != chat {
		return nil, fmt.Errorf("%s has the chat %s, and had %s", v.Name, welcome.Chat, chat)
	}
	var all []Frame
	for len(all) == 0 || all[len(all)-1].Seq < welcome.Seq {
		event, err := next(s, "event")
		if err != nil {
			return nil, err
		}
		all = append(all, event)
	}
	for more := welcome.More; more; {
		if err := s.Write(map[string]any{"t": "page", "id": "p", "before": all[0].Seq, "limit": 100}); err != nil {
			return nil, fmt.Errorf("%s asks for a page: %w", v.Name, err)
		}
		page, err := next(s, "page")
		if errors.Is(err, errUnavailable) && wait.Pause(ctx) == nil {
			v.Again++
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(page.Events) == 0 && page.More {
			return nil, errors.New("an empty page says that there is more")
		}
		all, more = slices.Concat(page.Events, all), page.More
	}
	return all, nil
}

// next reads up to the next frame of a kind. An error from the server ends it.
func next(s *Socket, t string) (Frame, error) {
	for {
		f, err := s.Read()
		if err != nil {
			return f, fmt.Errorf("wait for a %s: %w", t, err)
		}
		switch f.T {
		case t:
			return f, nil
		case "error":
			if f.Code == "unavailable" {
				return f, fmt.Errorf("%w instead of a %s: %s", errUnavailable, t, f.Message)
			}
			return f, fmt.Errorf("%s comes instead of a %s: %s", f.Code, t, f.Message)
		}
	}
}
