package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// grantSpan is for how long all grants of a chat are the same, so that browsers keep what they
// loaded with one. A grant lasts until the end of the span after its own.
const grantSpan = time.Hour

// grantBytes is how long the authentication code of a grant is.
const grantBytes = 16

// Grant returns what opens the files of a chat to its visitor, to be put into links, and until
// when. It lasts for one to two hours, and is the same for an hour.
func (d *Directory) Grant(id chat.ID) (grant string, until time.Time) {
	until = d.now().UTC().Truncate(grantSpan).Add(2 * grantSpan)
	end := strconv.FormatInt(until.Unix()/int64(grantSpan/time.Second), 36)
	return end + "." + d.grantCode(id, end), until
}

// Granted reports whether Grant of any gateway made it for that chat, and it still lasts.
func (d *Directory) Granted(id chat.ID, grant string) bool {
	end, code, _ := strings.Cut(grant, ".")
	if !hmac.Equal([]byte(code), []byte(d.grantCode(id, end))) {
		return false
	}
	span, err := strconv.ParseInt(end, 36, 64)
	return err == nil && d.now().Before(time.Unix(span*int64(grantSpan/time.Second), 0))
}

func (d *Directory) grantCode(id chat.ID, end string) string {
	mac := hmac.New(sha256.New, d.grants)
	mac.Write([]byte(string(id) + "\x00" + end)) // an id holds no NUL
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:grantBytes])
}
