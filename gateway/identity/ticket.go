package identity

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-chat/parley/pkg/chat"
)

// TicketTime is how long a message can name a file after it was uploaded.
const TicketTime = 12 * time.Hour

// ticketAudience keeps tickets apart from every other JWT.
const ticketAudience = "parley-file"

// Ticket says that a file is stored: whoever has it may name the file in a message of that chat.
type Ticket struct {
	Chat chat.ID
	// Internal says that the file is for agents only: a note may name it, a message may not.
	Internal bool
	File     chat.File
}

// Why a ticket can't be used.
var (
	ErrTicketExpired = errors.New("the ticket has expired")
	ErrBadTicket     = errors.New("the ticket is none of this installation's")
)

type ticketClaims struct {
	jwt.RegisteredClaims
	Internal bool      `json:"internal,omitempty"`
	File     chat.File `json:"file"`
}

// SignTicket returns the ticket as a client keeps it, good for TicketTime.
func (d *Directory) SignTicket(t Ticket) (string, error) {
	c := ticketClaims{Internal: t.Internal, File: t.File}
	c.Subject, c.Audience = string(t.Chat), jwt.ClaimStrings{ticketAudience}
	c.ExpiresAt = jwt.NewNumericDate(d.now().Add(TicketTime))
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(d.files)
	if err != nil {
		return "", fmt.Errorf("sign the ticket of a file: %w", err)
	}
	return token, nil
}

// ReadTicket accepts what SignTicket of any gateway made, for as long as it is good. The error is
// ErrTicketExpired or ErrBadTicket.
func (d *Directory) ReadTicket(ticket string) (Ticket, error) {
	var c ticketClaims
	err := d.parse(ticket, &c, d.files, jwt.WithAudience(ticketAudience), jwt.WithExpirationRequired())
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return Ticket{}, ErrTicketExpired
	case err != nil:
		return Ticket{}, ErrBadTicket
	}
	id, err := chat.ParseID(c.Subject)
	if err != nil {
		return Ticket{}, ErrBadTicket
	}
	return Ticket{Chat: id, Internal: c.Internal, File: c.File}, nil
}
