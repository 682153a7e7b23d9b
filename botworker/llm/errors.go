package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Error says why there is no answer from the model.
type Error struct {
	Status    int // the HTTP status, 0 if there was none
	Temporary bool
	// TooLong says that the prompt does not fit into the model's window: then the error
	// is ErrTooLong, too. A shorter prompt may be answered.
	TooLong bool
	// Window is how many tokens the model can read and write in all, as the endpoint says
	// with TooLong; 0 if it does not.
	Window   int
	Sentence string
}

// Error returns the sentence. It never contains the key.
func (e *Error) Error() string { return e.Sentence }

// Is reports whether the error is ErrTooLong.
func (e *Error) Is(target error) bool { return target == ErrTooLong && e.TooLong }

// ErrTooLong says that the prompt does not fit into the model's window. Errors are
// compared with errors.Is.
var ErrTooLong = errors.New("the prompt is too long for the model")

var (
	errTotal     = errors.New("took too long in all")
	errFirstWord = errors.New("took too long to begin")
	errStall     = errors.New("stopped in the middle of its answer")
	errCut       = errors.New("cut the connection in the middle of its answer")
	errGarbled   = errors.New("sent what is not the chat protocol")
	errEmpty     = errors.New("sent an empty answer")
	errThoughts  = errors.New("thought, but wrote no answer")
	errTool      = errors.New("called a tool that it was not given")
	errTooLarge  = errors.New("sent more than an answer can be")
	errEndless   = errors.New("never stops reasoning")
	errRedirect  = errors.New("redirects to another address: expected the address itself")
)

// garbled is errGarbled with the beginning of what came, for the log.
func garbled(sent string) error { return fmt.Errorf("%w: %s", errGarbled, plainReason(sent)) }

// explain turns any failure into an Error.
func (c *Client) explain(ctx context.Context, err error) *Error {
	if f, ok := errors.AsType[*fault](err); ok {
		return c.explainFault(f)
	}
	if cause := context.Cause(ctx); errors.Is(cause, errTotal) {
		err = errTotal
	}
	for _, known := range []error{errTotal, errFirstWord, errStall, errCut, errEmpty, errThoughts, errTool, errTooLarge, errEndless, errRedirect} {
		if errors.Is(err, known) {
			return &Error{Temporary: known != errTotal && known != errEndless && known != errRedirect, Sentence: "the model's endpoint " + known.Error()}
		}
	}
	if errors.Is(err, errGarbled) {
		_, detail, _ := strings.Cut(err.Error(), errGarbled.Error())
		return &Error{Temporary: true, Sentence: c.clean("the model's endpoint "+errGarbled.Error(), strings.TrimPrefix(detail, ": "))}
	}
	return &Error{Temporary: true, Sentence: c.clean("the model's endpoint can't be reached", err.Error())}
}

func (c *Client) explainFault(f *fault) *Error {
	e := &Error{Status: f.status}
	what := fmt.Sprintf("the model's endpoint answered HTTP %d", f.status)
	switch {
	case strings.Contains(f.code, "insufficient_quota") || f.status == http.StatusPaymentRequired:
		what = "the model's endpoint says that the quota is used up"
	case f.status == http.StatusUnauthorized || f.status == http.StatusForbidden:
		what = fmt.Sprintf("the model's endpoint refused the key (HTTP %d)", f.status)
	case tooLong(f):
		e.TooLong, e.Window = true, windowIn(f.reason)
		what = "the model's endpoint says that the prompt is too long"
		if !f.streamed {
			what += fmt.Sprintf(" (HTTP %d)", f.status)
		}
	case f.streamed: // it may well be a moment's trouble, whatever its code
		e.Status, e.Temporary = 0, true
		what = "the model's endpoint failed while it answered"
	default:
		e.Temporary = temporary(f.status) || misread.MatchString(f.said())
	}
	detail := f.reason
	if detail == "" {
		detail = f.code
	}
	e.Sentence = c.clean(what, detail)
	return e
}

func temporary(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= 500 && status != http.StatusNotImplemented
}

// clean appends the endpoint's message, on one line, shortened, without the key or parts
// of it.
func (c *Client) clean(sentence, detail string) string {
	words := strings.Fields(printable(clip(detail, 2000)))
	for i, w := range words {
		if c.holdsKey(w) {
			words[i] = "[key]"
		}
	}
	if len(words) == 0 {
		return sentence
	}
	detail = strings.Join(words, " ")
	if r := []rune(detail); len(r) > 200 {
		detail = string(r[:200]) + "…"
	}
	return sentence + ": " + detail
}

// holdsKey reports whether a word contains the key, or some characters of one that is
// long enough to be secret: endpoints repeat its beginning and its end.
func (c *Client) holdsKey(word string) bool {
	const part = 4
	key := c.cfg.Key
	if key == "" {
		return false
	}
	if len(key) < 3*part {
		return strings.Contains(word, key)
	}
	for i := 0; i+part <= len(key); i++ {
		if strings.Contains(word, key[i:i+part]) {
			return true
		}
	}
	return false
}
