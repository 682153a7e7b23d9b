package app

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/logging"
)

// announce prints the addresses of the site, on addr if PUBLIC_URL names no other, as a
// line of JSON if that is the format, and how to sign in for the first time.
func announce(out io.Writer, format, addr string, site *limit.Site, first firstPassword) {
	base := baseURL(addr, site)
	visitors, agents, operators := base+"/", base+"/agent", base+"/ops"
	if format == "json" {
		to := logging.To(out, "info")
		line := to.Info().Str("role", "gateway").Str("visitors", visitors).Str("agents", agents).Str("operators", operators)
		if first.file != "" {
			line.Str("user", accounts.AdminUser).Str("password_file", first.file)
		} else if first.set {
			line.Str("user", accounts.AdminUser)
		}
		line.Msg("Parley is ready")
		return
	}
	lines := []string{"", "  Parley is ready.", "", "  Visitors:  " + visitors, "  Agents:    " + agents, "  Operators: " + operators}
	switch {
	case first.shown != "":
		lines = append(lines, "", "  Sign in as admin with the password  "+first.shown, "  It is shown only this once.")
	case first.file != "":
		lines = append(lines, "", "  Sign in as admin with the password in the file  "+first.file, "  Delete the file when you have read it.")
	case first.set:
		lines = append(lines, "", "  Sign in as "+accounts.AdminUser+" (ADMIN_PASSWORD is set).")
	}
	_, _ = fmt.Fprintln(out, strings.Join(append(lines, ""), "\n"))
}

// announcePages prints where the pages alone are served, on addr whatever PUBLIC_URL says: a
// proxy has to know it.
func announcePages(out io.Writer, format, addr string, site *limit.Site) {
	base := baseURL(addr, nil) + site.Base()
	if format == "json" {
		to := logging.To(out, "info")
		to.Info().Str("role", "web").Str("visitors", base+"/").Msg("Parley's pages are ready")
		return
	}
	_, _ = fmt.Fprintf(out, "\n  Parley's pages are ready, for a proxy that has /ws and /api elsewhere.\n\n  Pages:  %s/\n\n", base)
}

// baseURL is the address below which everything is, without a slash at its end.
func baseURL(addr string, site *limit.Site) string {
	if host, port, err := net.SplitHostPort(addr); err == nil {
		if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
			addr = net.JoinHostPort("localhost", port)
		}
	}
	return cmp.Or(site.URL(), "http://"+addr+site.Base())
}
