package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// deadPage is how many dead letters one answer lists by default.
	deadPage = 50
	// mostReason bounds a reason in the list, in bytes; mostRaw what is shown
	// of a message that can't be decoded.
	mostReason = 300
	mostRaw    = 16 << 10
	// replayTime is how long a caller waits for a replay. It may succeed later.
	replayTime = 50 * time.Second
)

// listedLetter is a dead letter in the list, without its content.
type listedLetter struct {
	Number  uint64    `json:"number"`
	Role    string    `json:"role"`
	Chat    chat.ID   `json:"chat,omitempty"`
	Kind    chat.Kind `json:"kind,omitempty"`
	Stream  string    `json:"stream"`
	Seq     uint64    `json:"seq"`
	Subject string    `json:"subject"`
	Reason  string    `json:"reason"`
	Tries   int       `json:"tries"`
	Failed  int       `json:"failed"`
	Stored  time.Time `json:"stored,omitzero"`
	At      time.Time `json:"at"`
}

// wholeLetter is a dead letter with its content. Text and From are those of the event
// in it; Raw is the message if it can't be decoded as an event.
type wholeLetter struct {
	listedLetter
	From *chat.Speaker `json:"from,omitempty"`
	Text string        `json:"text,omitempty"`
	Raw  string        `json:"raw,omitempty"`
}

func (a *api) letterOf(ctx context.Context, l bus.DeadLetter) wholeLetter {
	whole := wholeLetter{listedLetter: listedLetter{
		Number: l.Number, Role: l.Role, Chat: l.Chat, Stream: l.Stream, Seq: l.Seq, Subject: l.Subject,
		Reason: l.Reason, Tries: l.Tries, Failed: l.Failed, Stored: l.Stored, At: l.At,
	}}
	if e, ok := a.Conn.EventOf(ctx, l); ok {
		whole.Kind, whole.From, whole.Text = e.Kind, &e.From, e.Text
	} else {
		whole.Raw = cut(string(l.Data), mostRaw)
	}
	return whole
}

// cut shortens a text to that many bytes.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}

func (a *api) listDead(w http.ResponseWriter, r *http.Request, _ accounts.Agent) error {
	after, err := queryNumber(r, "after", 0)
	if err != nil {
		return err
	}
	limit, err := queryNumber(r, "limit", deadPage)
	if err != nil {
		return err
	}
	list, more, err := a.Conn.DeadLetters(r.Context(), after, int(min(limit, bus.MaxDeadLetters)))
	if err != nil {
		return err
	}
	letters := make([]listedLetter, 0, len(list))
	for _, l := range list {
		listed := a.letterOf(r.Context(), l).listedLetter
		listed.Reason = cut(listed.Reason, mostReason)
		letters = append(letters, listed)
	}
	writeJSON(w, http.StatusOK, struct {
		Letters []listedLetter `json:"letters"`
		More    bool           `json:"more"`
	}{letters, more})
	return nil
}

func (a *api) showDead(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	n, err := letterNumber(r)
	if err != nil {
		return err
	}
	l, err := a.Conn.DeadLetter(r.Context(), n)
	if err != nil {
		return deadRefusal(n, err)
	}
	if err := a.audited(r, by, audit.LookDead, strconv.FormatUint(n, 10), "chat "+string(l.Chat)); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, a.letterOf(r.Context(), l))
	return nil
}

func (a *api) dropDead(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	n, err := letterNumber(r)
	if err != nil {
		return err
	}
	if err := a.audited(r, by, audit.DeadDrop, strconv.FormatUint(n, 10), ""); err != nil {
		return err
	}
	if err := a.Conn.DropDeadLetter(r.Context(), n); err != nil {
		return deadRefusal(n, err)
	}
	a.Log.Info().Uint64("letter", n).Str("by", by.User).Msg("dead letter dropped")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// replayDead goes on when the caller disconnects, as the letter's worker does.
func (a *api) replayDead(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	n, err := letterNumber(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), replayTime)
	defer cancel()
	if err := a.audited(r, by, audit.DeadReplay, strconv.FormatUint(n, 10), ""); err != nil {
		return err
	}
	err = a.Conn.ReplayDeadLetter(ctx, n)
	a.Log.Info().Uint64("letter", n).Str("by", by.User).AnErr("failed", err).Msg("dead letter replayed")
	if err != nil {
		return deadRefusal(n, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deadRefusal tells the operator what can be done about an error.
func deadRefusal(n uint64, err error) error {
	switch {
	case errors.Is(err, bus.ErrNotFound):
		return refuse(codes.NotFound, fmt.Sprintf("There is no dead letter %d any more.", n))
	case errors.Is(err, bus.ErrNoReplica):
		return refuse(codes.Unavailable, "No worker of its role is running to take it. It is kept.")
	case errors.Is(err, bus.ErrUnavailable):
		return refuse(codes.Unavailable, "No answer came in time. It may still succeed: look at the list again.")
	}
	var failed *bus.Refusal
	if errors.As(err, &failed) {
		return refuse(codes.Failed, "It failed again, and is kept: "+cut(failed.Message, mostReason))
	}
	return err
}

func letterNumber(r *http.Request) (uint64, error) {
	n, err := strconv.ParseUint(r.PathValue("n"), 10, 64)
	if err != nil || n == 0 {
		return 0, refuse(codes.NotFound, "There is no such dead letter.")
	}
	return n, nil
}

func queryNumber(r *http.Request, name string, absent uint64) (uint64, error) {
	value := r.URL.Query().Get(name)
	if value == "" {
		return absent, nil
	}
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		return 0, refuse(codes.BadRequest, "\""+name+"\" has to be a number.")
	}
	return n, nil
}
