package proxies

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// nginx starts nginx with servers, and reports where it listens.
func nginx(t *testing.T, addr, servers string) {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf("daemon off; worker_processes 1; pid %s/pid; error_log stderr warn;\nevents {}\nhttp {\naccess_log off;\n"+
		"client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;\n%s\n}\n", dir, servers)
	if os.Getuid() == 0 {
		config = "user root;\n" + config // its workers have to reach the files of the test
	}
	startProxy(t, addr, "nginx", "-e", "stderr", "-p", dir, "-c", write(t, "nginx.conf", config))
}

// nginxLines are the page's lines for this proxy and this Parley.
func nginxLines(t *testing.T, parley, addr string) string {
	t.Helper()
	return edit(t, block(t, "nginx", "nginx", 0),
		"listen 443 ssl", "listen "+addr+" ssl", "listen 80", "listen "+free(t), "127.0.0.1:8080", parley,
		"/etc/ssl/certs/chat.example.org.pem", certFile, "/etc/ssl/private/chat.example.org.key", keyFile)
}

// settings are the page's settings in front of Parley.
func settings(t *testing.T, public string) []string {
	t.Helper()
	lines := edit(t, block(t, "", "sh", 0), "https://chat.example.org", public)
	return strings.Fields(lines)
}

func TestNginx(t *testing.T) {
	addr := free(t)
	site := "https://" + host + ":" + port(addr)
	parley, log := startParley(t, settings(t, site)...)
	nginx(t, addr, nginxLines(t, parley, addr))
	newBrowser(t, site, "", addr).talks(log)
}

// Without PUBLIC_URL it is the proxy that says which host and which scheme browsers use.
func TestNginxWithoutAPublicURL(t *testing.T) {
	for _, c := range []struct{ what, from, to string }{
		{"as on the page", "Host $http_host", "Host $http_host"},
		{"the host apart", "Host $http_host", "X-Forwarded-Host $http_host"},
		{"host and port apart", "Host $http_host", "Host $host; proxy_set_header X-Forwarded-Port $server_port"},
		{"the standard's header", "X-Forwarded-Proto $scheme", `X-Forwarded-Proto ""; proxy_set_header Forwarded "for=$remote_addr;proto=$scheme;host=\"$http_host\""`},
	} {
		t.Run(c.what, func(t *testing.T) {
			addr := free(t)
			parley, log := startParley(t, "TRUSTED_PROXIES=127.0.0.1")
			config := edit(t, nginxLines(t, parley, addr), c.from, c.to)
			if c.what == "the standard's header" {
				config = edit(t, config, "X-Forwarded-For $proxy_add_x_forwarded_for", `X-Forwarded-For ""`, "Host $http_host", "Host "+localHost)
			}
			nginx(t, addr, config)
			newBrowser(t, "https://"+localHost+":"+port(addr), "", addr).talks(log)
		})
	}
}

func TestNginxBelowABasePath(t *testing.T) {
	below := block(t, "A base path", "nginx", 0)
	alone := block(t, "A base path", "nginx", 1)
	for _, c := range []struct{ what, from, to string }{
		{"the path passed on", "", ""},
		{"the path taken away", "127.0.0.1:8080;", "127.0.0.1:8080/;"},
	} {
		t.Run(c.what, func(t *testing.T) {
			addr := free(t)
			site := "https://" + host + ":" + port(addr)
			parley, log := startParley(t, append(settings(t, site), "BASE_PATH=/chat")...)
			location := below
			if c.from != "" {
				location = edit(t, below, c.from, c.to)
			}
			config := edit(t, nginxLines(t, "127.0.0.1:8080", addr), "    location / {\n        proxy_pass http://127.0.0.1:8080;\n", alone+location)
			nginx(t, addr, edit(t, config, "127.0.0.1:8080", parley))
			b := newBrowser(t, site, "/chat", addr)
			b.talks(log)
			b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			if resp, _ := b.do(http.MethodGet, "", ""); resp.StatusCode != http.StatusMovedPermanently || !strings.HasSuffix(resp.Header.Get("Location"), "/chat/") {
				t.Errorf("/chat: %s to %s", resp.Status, resp.Header.Get("Location"))
			}
		})
	}
}

// startPages starts the role web as the page has it, beside a gateway.
func startPages(t *testing.T, site, gateway string) (addr string, log *lines) {
	t.Helper()
	line := strings.Fields(strings.ReplaceAll(edit(t, block(t, "Pages of their own", "sh", 0), "https://chat.example.org", site, "127.0.0.1:8080", gateway, "127.0.0.1:8091", free(t)), "\\\n", ""))
	return startRole(t, line[len(line)-1:], line[:len(line)-2]...) // without "parley web"
}

// The role web has the pages, and the gateway the rest.
func TestNginxWithPagesOfTheirOwn(t *testing.T) {
	addr := free(t)
	site := "https://" + host + ":" + port(addr)
	parley, log := startParley(t, settings(t, site)...)
	pages, warnings := startPages(t, site, parley)
	config := edit(t, nginxLines(t, parley, addr), "location / {", `location ~ ^/(ws|api)(/|$) {`)
	at := strings.LastIndex(config, "    location ~")
	config = config[:at] + edit(t, block(t, "Pages of their own", "nginx", 0), "127.0.0.1:8090", pages) + config[at:]
	nginx(t, addr, config)
	b := newBrowser(t, site, "", addr)
	b.talks(log)
	if text := warnings.String(); strings.Contains(text, `"level":"warn"`) {
		t.Errorf("the role web has something to say:\n%s", text)
	}
	// Without the line for the gateway, it says where the requests belong.
	addr = free(t)
	nginx(t, addr, nginxLines(t, pages, addr))
	if _, status := newBrowser(t, site, "", addr).open("/ws", "parley.v1"); status != http.StatusNotFound {
		t.Errorf("a WebSocket at the role web is answered with %d", status)
	}
	warned(t, warnings, `"path":"/ws".*send /ws and /api`)
}

// Whoever leaves a line out reads in Parley's log which one.
func TestAMissingLineIsNamedInTheLog(t *testing.T) {
	for _, c := range []struct {
		what, from, to, settings string
		status                   int
		want                     string
	}{
		{"no Upgrade", "proxy_set_header Upgrade $http_upgrade;", "", "TRUSTED_PROXIES=127.0.0.1", http.StatusUpgradeRequired, `"cause":"upgrade".*proxy_set_header Upgrade \$http_upgrade`},
		{"no Connection", "proxy_set_header Connection $connection_upgrade;", "", "TRUSTED_PROXIES=127.0.0.1", http.StatusUpgradeRequired, `"cause":"upgrade".*proxy_set_header Connection`},
		{"no Host", "proxy_set_header Host $http_host;", "", "TRUSTED_PROXIES=127.0.0.1", http.StatusForbidden, `"cause":"host".*"host":"127.0.0.1:\d+".*proxy_set_header Host \$http_host`},
		{"a Host without its port", "$http_host", "$host", "TRUSTED_PROXIES=127.0.0.1", http.StatusForbidden, `"cause":"port".*"host":"parley.localhost".*\$http_host`},
		{"no TRUSTED_PROXIES", "Connection $connection_upgrade", "Connection $connection_upgrade", "", http.StatusSwitchingProtocols, `X-Forwarded-For came from 127.0.0.1, which is not in TRUSTED_PROXIES, so all visitors behind it count as one address`},
		{"X-Forwarded-Host, and no TRUSTED_PROXIES", "Host $http_host", "X-Forwarded-Host $http_host", "", http.StatusForbidden, `"cause":"untrusted".*"forwarded_host":"parley.localhost:\d+".*TRUSTED_PROXIES`},
		{"a foreign host", "Host $http_host", "Host other.example", "TRUSTED_PROXIES=127.0.0.1", http.StatusMisdirectedRequest, `"host":"other.example".*PUBLIC_URL`},
	} {
		t.Run(c.what, func(t *testing.T) {
			addr := free(t)
			parley, log := startParley(t, c.settings)
			nginx(t, addr, edit(t, nginxLines(t, parley, addr), c.from, c.to))
			b := newBrowser(t, "https://"+localHost+":"+port(addr), "", addr)
			if _, status := b.open("/ws", "parley.v1"); status != c.status {
				t.Errorf("the WebSocket is answered with %d, want %d", status, c.status)
			}
			warned(t, log, c.want)
		})
	}
}

// caddy starts Caddy with a Caddyfile.
func caddy(t *testing.T, addr, sites string) {
	t.Helper()
	config := "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n\thttps_port " + port(addr) + "\n}\n" + sites
	startProxyAt(t, addr, caddyProgram(t), "run", "--adapter", "caddyfile", "--config", write(t, "Caddyfile", config))
}

// caddyProgram builds the Caddy that tools/go.mod pins, with Caddy's own tags against
// databases that it can do without. Nothing built before, that takes some four minutes of
// a core; then seconds.
func caddyProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(filepath.Dir(program), "caddy")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "nobadger,nomysql,nopgx", "-o", path, "github.com/caddyserver/caddy/v2/cmd/caddy")
	build.Dir = "tools"
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build Caddy: %v\n%s", err, out)
	}
	return path
}

func TestCaddy(t *testing.T) {
	for _, c := range []struct{ what, heading, name, base string }{
		{"at the root", "Caddy", "chat.example.org {", ""},
		{"below a base path", "A base path", "example.org {", "/chat"},
	} {
		t.Run(c.what, func(t *testing.T) {
			addr := free(t)
			site := "https://" + host + ":" + port(addr)
			env := settings(t, site)
			if c.base != "" {
				env = append(env, "BASE_PATH="+c.base)
			}
			parley, log := startParley(t, env...)
			caddy(t, addr, edit(t, block(t, c.heading, "caddyfile", 0), c.name, fmt.Sprintf("%s:%s {\n\ttls %s %s", host, port(addr), certFile, keyFile), "127.0.0.1:8080", parley))
			newBrowser(t, site, c.base, addr).talks(log)
		})
	}
}

func TestCaddyWithPagesOfTheirOwn(t *testing.T) {
	addr := free(t)
	site := "https://" + host + ":" + port(addr)
	parley, log := startParley(t, settings(t, site)...)
	pages, warnings := startPages(t, site, parley)
	caddy(t, addr, edit(t, block(t, "Pages of their own", "caddyfile", 0), "chat.example.org {", fmt.Sprintf("%s:%s {\n\ttls %s %s", host, port(addr), certFile, keyFile), "127.0.0.1:8080", parley, "127.0.0.1:8090", pages))
	newBrowser(t, site, "", addr).talks(log)
	if text := warnings.String(); strings.Contains(text, `"level":"warn"`) {
		t.Errorf("the role web has something to say:\n%s", text)
	}
}

func TestApache(t *testing.T) {
	addr := free(t)
	site := "https://" + host + ":" + port(addr)
	parley, log := startParley(t, settings(t, site)...)
	dir := t.TempDir()
	config := edit(t, block(t, "Apache", "apache", 0), "*:443", addr, "127.0.0.1:8080", parley,
		"/etc/ssl/certs/chat.example.org.pem", certFile, "/etc/ssl/private/chat.example.org.key", keyFile)
	const modules = "/usr/lib/apache2/modules/"
	var load strings.Builder
	for _, module := range []string{"mpm_event", "authz_core", "headers", "proxy", "proxy_http", "socache_shmcb", "ssl"} {
		fmt.Fprintf(&load, "LoadModule %s_module %smod_%[1]s.so\n", module, modules)
	}
	startProxy(t, addr, "apache2", "-X", "-f", write(t, "apache.conf", fmt.Sprintf("ServerRoot %s\nServerName localhost\nPidFile %[1]s/pid\nDefaultRuntimeDir %[1]s\nErrorLog /dev/stderr\n%s\nListen %s\n%s", dir, load.String(), addr, config)))
	newBrowser(t, site, "", addr).talks(log)
}

func TestHAProxy(t *testing.T) {
	addr := free(t)
	site := "https://" + host + ":" + port(addr)
	parley, log := startParley(t, settings(t, site)...)
	config := edit(t, block(t, "HAProxy", "haproxy", 0), "bind :443", "bind "+addr, "127.0.0.1:8080", parley, "/etc/haproxy/chat.example.org.pem", bothFile)
	startProxy(t, addr, "haproxy", "-db", "-f", write(t, "haproxy.cfg", config))
	newBrowser(t, site, "", addr).talks(log)
}

// A block of the page that nothing here looks at is one of those that the page says are
// not tested.
func TestThePageSaysWhichLinesAreTested(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "proxies.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]int{"sh": 2, "nginx": 4, "caddyfile": 3, "apache": 1, "haproxy": 1, "yaml": 4}
	for _, found := range regexp.MustCompile("(?m)^```([a-z]+)$").FindAllStringSubmatch(string(page), -1) {
		known[found[1]]--
	}
	for language, left := range known {
		if left != 0 {
			t.Errorf("of the blocks in %s, %d are not known here: test them, or say on the page that they are not", language, -left)
		}
	}
}
