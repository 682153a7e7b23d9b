package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// Account is what an agent signs in with.
type Account struct{ User, Name, Password string }

// RefusedError is an HTTP request that was answered with an error.
type RefusedError struct {
	What   string
	Status int
	Code   string
	After  time.Duration // when it may succeed, 0: never
}

// Error names the request and its answer.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s is refused with %d %s", e.What, e.Status, e.Code)
}

const requestTime = 30 * time.Second

// post is exchange for a request whose answer is of no interest.
func post(ctx context.Context, base, path string, cookie *http.Cookie, body any) ([]*http.Cookie, error) {
	_, cookies, err := exchange(ctx, http.MethodPost, base, path, nil, cookie, body)
	return cookies, err
}

// Do makes a request in the session of a cookie, as the server's own pages do, and reads the
// answer into a value unless that is nil. The error is a RefusedError if it was refused.
func Do(ctx context.Context, method, base, path string, cookie *http.Cookie, body, into any) error {
	answer, _, err := exchange(ctx, method, base, path, nil, cookie, body)
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// exchange makes a request as the server's own pages do, and returns its answer and the cookies
// of the response. The header is added to the request's own; nil for none.
func exchange(ctx context.Context, method, base, path string, header http.Header, cookie *http.Cookie, body any) ([]byte, []*http.Cookie, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return nil, nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(data))
	if err != nil {
		return nil, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	maps.Copy(req.Header, header)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", base)
	if cookie != nil {
		req.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	}
	req.Close = true // the gateway may be another process by the next time
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode >= 300 {
		no := struct {
			Code  string `json:"code"`
			Retry int64  `json:"retry_after_ms"`
		}{}
		_ = json.Unmarshal(answer, &no) // a proxy's own page is not JSON
		e := &RefusedError{What: path, Status: resp.StatusCode, Code: no.Code, After: time.Duration(no.Retry) * time.Millisecond}
		if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && e.After == 0 {
			e.After = time.Duration(seconds) * time.Second
		}
		return nil, nil, e
	}
	return answer, resp.Cookies(), nil
}

// Login signs an account in and returns the cookie of the session.
func Login(ctx context.Context, base, user, password string) (*http.Cookie, error) {
	return login(ctx, base, user, password, nil)
}

func login(ctx context.Context, base, user, password string, header http.Header) (*http.Cookie, error) {
	_, cookies, err := exchange(ctx, http.MethodPost, base, "/api/login", header, nil, map[string]string{"user": user, "password": password})
	if err != nil {
		return nil, err
	}
	for _, c := range cookies {
		if c.Name == "parley_agent" && c.Value != "" {
			return c, nil
		}
	}
	return nil, errors.New("sign in: no cookie came")
}

// signIn signs the agent in, unless it is signed in already.
func (a *Agent) signIn(ctx context.Context, base string) error {
	a.mu.Lock()
	signed := a.cookie != nil
	a.mu.Unlock()
	if signed {
		return nil
	}
	cookie, err := login(ctx, base, a.o.User, a.o.Password, a.o.Header)
	if err != nil {
		return err
	}
	a.refusals = 0
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cookie = cookie
	a.tally.SignIns++
	return nil
}

// SignOut ends the session at the gateway of the present connection, as another tab
// would: the server then closes the socket with 4401, and Run signs in again. Without a
// connection nothing happens.
func (a *Agent) SignOut(ctx context.Context) error {
	a.mu.Lock()
	base, cookie := a.base, a.cookie
	a.mu.Unlock()
	if base == "" || cookie == nil {
		return nil
	}
	_, err := post(ctx, base, "/api/logout", cookie, struct{}{})
	return err
}

// Away says whether the agent wants to be given chats, at the gateway of the present connection,
// and records from when on it surely is so. It reports whether that was done.
func (a *Agent) Away(ctx context.Context, away bool) bool {
	a.mu.Lock()
	base, cookie := a.base, a.cookie
	if away {
		a.write(history.Entry{Op: history.Duty, What: "away"})
	}
	a.mu.Unlock()
	if base == "" || cookie == nil || Do(ctx, http.MethodPut, base, "/api/me", cookie, map[string]bool{"away": away}, nil) != nil {
		return false
	}
	if !away {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.write(history.Entry{Op: history.Duty, What: "available"})
	}
	return true
}

// MakeAccounts creates that many accounts as the admin, unless they exist, and returns
// them. It tries until the context ends.
func MakeAccounts(ctx context.Context, gateways func() []string, password string, n int) ([]Account, error) {
	admin := maker{gateways: gateways, password: password}
	all := make([]Account, 0, n)
	for i := range n {
		one := Account{User: fmt.Sprintf("agent%d", i+1), Name: fmt.Sprintf("Agent %d", i+1), Password: fmt.Sprintf("password of agent %d", i+1)}
		if err := admin.make(ctx, one); err != nil {
			return nil, fmt.Errorf("make the account %s: %w", one.User, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// maker is the admin.
type maker struct {
	plain    bool // an earlier version knows no supervisors
	gateways func() []string
	password string
	at       int
	cookie   *http.Cookie
}

func (m *maker) make(ctx context.Context, one Account) error {
	for {
		err := m.try(ctx, one)
		var no *RefusedError
		wait := 200 * time.Millisecond
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &no):
			m.at++ // another gateway
		case no.Code == "bad_role" && !m.plain:
			m.plain = true
			continue
		case no.Code == "user_taken":
			return nil
		case no.Status < 500 && no.After == 0:
			return err
		default:
			wait = max(wait, no.After)
		}
		if !wire.Wait(ctx, wait) {
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}
}

func (m *maker) try(ctx context.Context, one Account) error {
	all := m.gateways()
	if len(all) == 0 {
		return errors.New("no gateway serves")
	}
	base := all[m.at%len(all)]
	if err := m.signedIn(ctx, base); err != nil {
		return err
	}
	role := "supervisor" // so that each may take over
	if m.plain {
		role = "agent"
	}
	_, err := post(ctx, base, "/api/agents", m.cookie, map[string]string{"user": one.User, "name": one.Name, "role": role, "password": one.Password})
	return err
}

// signedIn signs the admin in, unless that is done.
func (m *maker) signedIn(ctx context.Context, base string) (err error) {
	if m.cookie == nil {
		m.cookie, err = login(ctx, base, "admin", m.password, nil)
	}
	return err
}

// AwaitAccount waits until a gateway lets an account in.
func AwaitAccount(ctx context.Context, base string, one Account) error {
	for {
		_, err := login(ctx, base, one.User, one.Password, nil)
		if err == nil {
			return nil
		}
		if !wire.Wait(ctx, 200*time.Millisecond) {
			return fmt.Errorf("wait for the account %s at %s: %w: %w", one.User, base, ctx.Err(), err)
		}
	}
}
