package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/settings"
)

const settingsPath = "/api/settings"

// maxSettings bounds a request that changes the settings: two pictures in base64, and the
// texts.
const maxSettings = 2*settings.MaxPicture*4/3 + 64<<10 // bytes

// written are settings in requests and answers: as kept, but with the pictures as
// addresses. In a request a picture may be a data URL, which is a new one.
type written struct {
	settings.Settings
	Logo   string `json:"logo,omitempty"`
	Avatar string `json:"avatar,omitempty"`
}

func write(s settings.Settings) written {
	return written{s, s.Logo.Address("logo"), s.Avatar.Address("avatar")}
}

// version is what admins read.
type version struct {
	Settings written  `json:"settings"`        // what admins set
	First    written  `json:"first"`           // what the environment says
	Revision uint64   `json:"revision"`        // to be given with a change
	By       string   `json:"by,omitempty"`    // whoever made the last change
	At       int64    `json:"at,omitempty"`    // when, in milliseconds
	Names    []string `json:"names,omitempty"` // what it changed
}

func (a *api) version(v settings.Version) version {
	shown := version{Settings: write(v.Settings), First: write(a.Settings.First()), Revision: v.Revision, By: v.By, Names: v.Names}
	if !v.At.IsZero() {
		shown.At = v.At.UnixMilli()
	}
	return shown
}

func (a *api) readSettings(w http.ResponseWriter, r *http.Request, _ accounts.Agent) error {
	v, err := a.Settings.Read(r.Context())
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, a.version(v))
	return nil
}

// changeSettings replaces the settings, if they are still those of the revision that the
// request names. Else the answer has those that they are now.
func (a *api) changeSettings(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	var req struct {
		Revision uint64  `json:"revision"`
		Settings written `json:"settings"`
	}
	if err := readJSON(r, &req); err != nil {
		if no, ok := errors.AsType[*bus.Refusal](err); ok && no.Code == codes.TooLong {
			return refuse(codes.TooLong, fmt.Sprintf("That is too large. A picture may have %d KB.", settings.MaxPicture>>10))
		}
		return err
	}
	now, err := a.Settings.Read(r.Context())
	if err != nil {
		return err
	}
	to, err := read(req.Settings, now.Settings)
	if err == nil {
		to, err = settings.Check(to)
	}
	var wrong settings.Problems
	if errors.As(err, &wrong) {
		writeJSON(w, codes.Status(codes.BadSetting), struct {
			problem
			Fields settings.Problems `json:"fields"`
		}{problem{Code: codes.BadSetting, Message: wrong.Error()}, wrong})
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.audited(r, by, audit.SettingsChange, "", fmt.Sprintf("from revision %d on", req.Revision)); err != nil {
		return err
	}
	v, err := a.Settings.Change(r.Context(), to, req.Revision, by.User, a.Now())
	var conflict *settings.ConflictError
	if errors.As(err, &conflict) {
		writeJSON(w, codes.Status(codes.Changed), struct {
			problem
			Now version `json:"now"`
		}{problem{Code: codes.Changed, Message: codes.Sentence(codes.Changed)}, a.version(conflict.Now)})
		return nil
	}
	if err != nil {
		return err
	}
	if v.Revision != req.Revision { // otherwise it is as it was
		a.Log.Info().Str("by", by.User).Strs("settings", v.Names).Uint64("revision", v.Revision).Msg("the site's settings were changed")
	}
	writeJSON(w, http.StatusOK, a.version(v))
	return nil
}

// read returns the settings of a request. A picture's address means the picture that is
// there already.
func read(w written, now settings.Settings) (settings.Settings, error) {
	to := w.Settings
	var err error
	if to.Logo, err = picture("logo", w.Logo, now.Logo); err != nil {
		return settings.Settings{}, err
	}
	if to.Avatar, err = picture("avatar", w.Avatar, now.Avatar); err != nil {
		return settings.Settings{}, err
	}
	return to, nil
}

func picture(name, address string, now *settings.Picture) (*settings.Picture, error) {
	switch {
	case address == "":
		return nil, nil
	case address == now.Address(name):
		return now, nil
	}
	_, data, ok := strings.Cut(address, ";base64,")
	if !ok || !strings.HasPrefix(address, "data:") {
		return nil, settings.Problems{name: "This picture is gone. Choose it again."}
	}
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, settings.Problems{name: "This picture is damaged: only a part of it can be read."}
	}
	return settings.ReadPicture(name, raw)
}

// face is what pages get, as JSON.
func (a *api) face() []byte {
	if a.Settings == nil {
		return nil
	}
	face, _ := json.Marshal(a.Settings.Face()) // it can be encoded
	return face
}

// faceScript is the face as a module, for the widget on other sites: their policies are
// sure to allow scripts from here, and nothing else.
func (a *api) faceScript(w http.ResponseWriter, _ *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, err := fmt.Fprintf(w, "export const face = %s;\n", a.face())
	return err
}

// facePicture serves the logo, or the bot's picture. An address with another version gets
// the present one, which the browser may not keep.
func (a *api) facePicture(w http.ResponseWriter, r *http.Request) error {
	now := a.Settings.Settings()
	name := r.PathValue("name")
	p := map[string]*settings.Picture{"logo": now.Logo, "avatar": now.Avatar}[name]
	if p == nil {
		return refuse(codes.NotFound, "There is no such picture.")
	}
	h := w.Header()
	h.Set("Content-Type", p.Type)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if r.URL.Query().Get("v") == p.Hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("ETag", `"`+p.Hash+`"`)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(p.Data)))
	return nil
}
