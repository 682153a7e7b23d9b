package bus

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Identity is how a connection proves who it is, besides a user, a password or a token in
// the URL. All are names of files, empty if not used, and are read again at each connect:
// what is renewed there takes effect by itself.
type Identity struct {
	Creds string // a user's JWT and seed, as nsc and managed NATS write them
	NKey  string // an NKey's seed
	Cert  string // a client certificate, for servers that want one
	Key   string // the certificate's key
}

// options returns those of the connection. The error names the setting.
func (i Identity) options() (list []nats.Option, err error) {
	if i.Creds != "" {
		list = append(list, nats.UserCredentials(i.Creds))
	}
	if i.NKey != "" {
		opt, err := nats.NkeyOptionFromSeed(i.NKey)
		if err != nil {
			return nil, fmt.Errorf("the seed in NATS_NKEY can't be used: %w", err)
		}
		list = append(list, opt)
	}
	if i.Cert != "" {
		list = append(list, nats.ClientCert(i.Cert, i.Key))
	}
	return list, nil
}

// setting names what NATS refuses.
func (i Identity) setting() string {
	switch {
	case i.Creds != "":
		return "the credentials in NATS_CREDS"
	case i.NKey != "":
		return "the NKey in NATS_NKEY"
	default:
		return "the user or the password in NATS_URL"
	}
}

// refused says in plain words why NATS lets this identity not in, with what NATS said.
func (i Identity) refused(err error, now time.Time) error {
	what := i.setting()
	switch {
	case errors.Is(err, nats.ErrAuthRevoked):
		return fmt.Errorf("NATS has revoked %s (%w)", what, err)
	case errors.Is(err, nats.ErrAccountAuthExpired):
		return fmt.Errorf("the account of %s has expired at NATS (%w)", what, err)
	case i.Creds == "" && errors.Is(err, nats.ErrAuthExpired):
		return fmt.Errorf("NATS says that %s expired (%w)", what, err)
	case i.Creds == "":
		return fmt.Errorf("NATS refuses %s", what)
	}
	// Of an expired JWT the server says no more than of an unknown one.
	if expired, ok := expiry(i.Creds); errors.Is(err, nats.ErrAuthExpired) || ok && !now.Before(expired) {
		if !ok || now.Before(expired) {
			return fmt.Errorf("NATS says that %s expired (%w)", what, err)
		}
		return fmt.Errorf("%s expired on %s: replace the file with a new one (%w)", what, expired.UTC().Format("2006-01-02 15:04 UTC"), err)
	}
	return fmt.Errorf("NATS refuses %s: its user or account is not known there, revoked, or from another operator (%w)", what, err)
}

// expiry returns when the JWT in a file of credentials expires; false: never, or it can't
// be read.
func expiry(file string) (time.Time, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return time.Time{}, false
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSpace(line), ".")
		if len(parts) != 3 {
			continue
		}
		body, err := base64.RawURLEncoding.DecodeString(parts[1])
		var claims struct {
			Expires int64 `json:"exp"`
		}
		if err == nil && json.Unmarshal(body, &claims) == nil && claims.Expires > 0 {
			return time.Unix(claims.Expires, 0), true
		}
	}
	return time.Time{}, false
}
