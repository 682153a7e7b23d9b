package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// watch records what a page must not do: log errors, throw, violate its security
// policy, or request a host that is not on this machine.
type watch struct {
	mu      sync.Mutex // guards the fields below
	faults  []string
	allowed []*regexp.Regexp
	met     int             // how many sockets a server has accepted
	journal strings.Builder // traffic over its sockets, for analyzing failures
}

// allow excuses faults that a test brings about on purpose.
func (w *watch) allow(pattern string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.allowed = append(w.allowed, regexp.MustCompile(pattern))
}

// left returns the faults that nobody excused.
func (w *watch) left() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []string
next:
	for _, fault := range w.faults {
		for _, allowed := range w.allowed {
			if allowed.MatchString(fault) {
				continue next
			}
		}
		left = append(left, fault)
	}
	return left
}

func (w *watch) note(format string, v ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fault := fmt.Sprintf(format, v...)
	w.faults = append(w.faults, fault)
	fmt.Fprintf(&w.journal, "%s %s\n", time.Now().Format("15:04:05.000"), fault)
}

func (w *watch) write(format string, v ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintf(&w.journal, time.Now().Format("15:04:05.000 ")+format+"\n", v...)
}

func (w *watch) meet(status int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if status == http.StatusSwitchingProtocols {
		w.met++
	}
}

// sockets returns how many sockets a server has accepted so far.
func (w *watch) sockets() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.met
}

// wrote returns the journal so far.
func (w *watch) wrote() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.journal.String()
}

// hear receives every event of a tab.
func (w *watch) hear(event any) {
	switch e := event.(type) {
	case *network.EventWebSocketCreated:
		w.write("socket %s opens %s", e.RequestID, e.URL)
	case *network.EventWebSocketHandshakeResponseReceived:
		w.write("socket %s: %d", e.RequestID, e.Response.Status)
		w.meet(e.Response.Status)
	case *network.EventWebSocketFrameSent:
		w.write("socket %s > %s", e.RequestID, e.Response.PayloadData)
	case *network.EventWebSocketFrameReceived:
		w.write("socket %s < %s", e.RequestID, e.Response.PayloadData)
	case *network.EventWebSocketFrameError:
		w.write("socket %s: %s", e.RequestID, e.ErrorMessage)
	case *network.EventWebSocketClosed:
		w.write("socket %s is closed", e.RequestID)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			w.note("console %s: %s", e.Type, argumentsOf(e.Args))
		}
	case *runtime.EventExceptionThrown:
		w.note("exception: %s", describe(e.ExceptionDetails))
	case *log.EventEntryAdded:
		// A violation of the policy is a log entry with the source "security".
		if e.Entry.Level == "error" || e.Entry.Source == "security" {
			w.note("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if asked := outside(e.Request.URL); asked != "" {
			w.note("external request: %s", asked)
		}
	}
}

func argumentsOf(args []*runtime.RemoteObject) string {
	var words []string
	for _, arg := range args {
		if len(arg.Value) > 0 {
			words = append(words, string(arg.Value))
		} else {
			words = append(words, arg.Description)
		}
	}
	return strings.Join(words, " ")
}

func describe(details *runtime.ExceptionDetails) string {
	if details.Exception != nil && details.Exception.Description != "" {
		return details.Exception.Description
	}
	return details.Text
}

// outside returns the address if it leaves this machine.
func outside(address string) string {
	u, err := url.Parse(address)
	if err == nil && (u.Host == "" || u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost") {
		return ""
	}
	return address
}
