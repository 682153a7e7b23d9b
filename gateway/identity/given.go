package identity

import (
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// GivenName returns the name that a visitor gives in the chat as it is shown, or a
// *bus.Refusal: of what can't be a name, and with Signed, where the site says who its
// visitors are. It proves nothing and opens nothing.
func (d *Directory) GivenName(name string) (string, error) {
	if d.mode == Signed {
		return "", &bus.Refusal{Code: codes.NotAllowed, Message: "Your name comes from the website that this chat belongs to."}
	}
	display, _, err := CleanName(name)
	return display, err
}
