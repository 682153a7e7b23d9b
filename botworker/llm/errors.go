package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	openai "github.com/sashabaranov/go-openai"
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
	errTool      = errors.New("called a tool that it was not given")
	errTooLarge  = errors.New("sent more than an answer can be")
	errEndless   = errors.New("never stops reasoning")
	errRedirect  = errors.New("redirects to another address: expected the address itself")
)

// explain turns any failure into an Error.
func (c *Client) explain(ctx context.Context, err error) *Error {
	status, detail := 0, ""
	if api, ok := errors.AsType[*openai.APIError](err); ok {
		status, detail = api.HTTPStatusCode, api.Message
		if api.Code == "insufficient_quota" {
			return &Error{Status: status, Sentence: "the model's endpoint says that the quota is used up"}
		}
		if status == 0 { // an error sent within the stream
			return &Error{Temporary: true, Sentence: c.clean("the model's endpoint failed while it answered", detail)}
		}
	} else if req, ok := errors.AsType[*openai.RequestError](err); ok {
		status = req.HTTPStatusCode
	}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		// The endpoint's message may contain part of the key.
		return &Error{Status: status, Sentence: fmt.Sprintf("the model's endpoint refused the key (HTTP %d)", status)}
	case status != 0 && tooLong(status, detail):
		return &Error{Status: status, TooLong: true, Window: windowIn(detail),
			Sentence: c.clean(fmt.Sprintf("the model's endpoint says that the prompt is too long (HTTP %d)", status), detail)}
	case status != 0:
		return &Error{Status: status, Temporary: temporary(status),
			Sentence: c.clean(fmt.Sprintf("the model's endpoint answered HTTP %d", status), detail)}
	}
	if cause := context.Cause(ctx); errors.Is(cause, errTotal) {
		err = errTotal
	}
	for _, known := range []error{errTotal, errFirstWord, errStall, errCut, errGarbled, errEmpty, errTool, errTooLarge, errEndless, errRedirect} {
		if errors.Is(err, known) {
			return &Error{Temporary: known != errTotal && known != errEndless && known != errRedirect, Sentence: "the model's endpoint " + known.Error()}
		}
	}
	return &Error{Temporary: true, Sentence: c.clean("the model's endpoint can't be reached", err.Error())}
}

func temporary(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= 500 && status != http.StatusNotImplemented
}

// refusesUsage reports whether the endpoint does not know the option that requests the
// number of tokens.
func refusesUsage(e *Error) bool {
	return (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity) &&
		strings.Contains(e.Sentence, "stream_options")
}

// clean appends the endpoint's message, on one line, shortened, without the key.
func (c *Client) clean(sentence, detail string) string {
	if c.cfg.Key != "" {
		detail = strings.ReplaceAll(detail, c.cfg.Key, "[key]")
	}
	detail = strings.Join(strings.Fields(printable(detail)), " ")
	if detail == "" {
		return sentence
	}
	if r := []rune(detail); len(r) > 200 {
		detail = string(r[:200]) + "…"
	}
	return sentence + ": " + detail
}
