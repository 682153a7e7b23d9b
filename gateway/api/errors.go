package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
)

// statuses is the one table from the code of a refusal to the HTTP status. A code
// that is not in it is the asker's mistake: 400.
var statuses = map[string]int{
	accounts.CodeBadLogin:    http.StatusUnauthorized,
	accounts.CodeNotSignedIn: http.StatusUnauthorized,
	accounts.CodeNotAllowed:  http.StatusForbidden,
	"bad_origin":             http.StatusForbidden,
	accounts.CodeNotFound:    http.StatusNotFound,
	"method_not_allowed":     http.StatusMethodNotAllowed,
	accounts.CodeUserTaken:   http.StatusConflict,
	accounts.CodeLastAdmin:   http.StatusConflict,
	codeFailed:               http.StatusConflict,
	"too_long":               http.StatusRequestEntityTooLarge,
	"bad_content_type":       http.StatusUnsupportedMediaType,
	accounts.CodeRateLimited: http.StatusTooManyRequests,
	codeInternal:             http.StatusInternalServerError,
	codeUnavailable:          http.StatusServiceUnavailable,
}

const (
	codeInternal    = "internal"
	codeUnavailable = "unavailable"
)

// problem is what a client reads when something did not work.
type problem struct {
	Code         string `json:"code"`
	Message      string `json:"message"`
	RetryAfterMS int64  `json:"retry_after_ms,omitempty"`
}

// tooSoon is a refusal that says when to come again.
type tooSoon struct {
	bus.Refusal
	wait time.Duration
}

func refuse(code, sentence string) error { return &bus.Refusal{Code: code, Message: sentence} }

func internal() problem {
	return problem{Code: codeInternal, Message: "Something went wrong here. It was written to the log."}
}

// retrySoon is said where nothing better is known.
const retrySoon = 2 * time.Second

// fail answers with what a person may know of the error, and logs the rest.
func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	var soon *tooSoon
	var no *bus.Refusal
	switch {
	case errors.As(err, &soon):
		writeError(w, problem{soon.Code, soon.Message, soon.wait.Milliseconds() + 1})
	case errors.As(err, &no):
		p := problem{Code: no.Code, Message: no.Message}
		if no.Code == accounts.CodeRateLimited {
			p.RetryAfterMS = retrySoon.Milliseconds()
		}
		writeError(w, p)
	case errors.Is(err, bus.ErrUnavailable):
		if a.Conn == nil || a.Conn.Ready() == nil { // else the connection tells of it
			a.unanswered.Line("call", a.Log.Warn()).Str("path", r.URL.Path).Err(err).Msg("an API call found nobody to answer it")
		}
		writeError(w, problem{codeUnavailable, "This is temporarily unavailable. Please try again.", retrySoon.Milliseconds()})
	default:
		a.Log.Error().Str("path", r.URL.Path).Err(err).Msg("an API call failed")
		writeError(w, internal())
	}
}

func writeError(w http.ResponseWriter, p problem) {
	status, ok := statuses[p.Code]
	if !ok {
		status = http.StatusBadRequest
	}
	if p.RetryAfterMS > 0 {
		w.Header().Set("Retry-After", limit.RetryAfter(time.Duration(p.RetryAfterMS)*time.Millisecond))
	}
	writeJSON(w, status, p)
}

// writeJSON writes an answer whose encoding can't fail.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client went away: nobody is left to tell
}
