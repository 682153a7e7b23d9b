package deploy

import (
	"crypto/x509"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// The two regions of the overlay name each other: by the list in their gateways a gateway of
// one gets in at the other's NATS servers, whose certificate has that name, and both agree on
// what all regions have to agree on.
func TestTheRegionsOfTheOverlayReachEachOther(t *testing.T) {
	all, lists, keys := map[string]*manifests{}, map[string]bool{}, map[string]bool{}
	for _, name := range []string{"eu", "ap"} {
		all[name], _ = decode(render(t, "region/"+name))
	}
	for name, m := range all {
		var job string
		for full := range m.jobs {
			if strings.HasPrefix(full, "setup") {
				job = full
			}
		}
		for of, c := range map[string]corev1.Container{"gateway": m.deployments["gateway"].Spec.Template.Spec.Containers[0], "setup": m.jobs[job].Spec.Template.Spec.Containers[0]} {
			env, _, wrong := m.environment(c)
			if len(wrong) > 0 || env["REGION"] != name {
				t.Errorf("%s of %s is in the region %q: %v", of, name, env["REGION"], wrong)
			}
			lists[env["REGIONS"]], keys[env["TOKEN_KEY"]] = true, true
			for entry := range strings.SplitSeq(env["REGIONS"], ";") {
				other, at, _ := strings.Cut(entry, "=")
				u, err := url.Parse(at)
				if err != nil || all[other] == nil {
					t.Fatalf("%s of %s knows a region %s: %v", of, name, other, err)
				}
				there := all[other]
				password, _ := u.User.Password()
				if u.Scheme != "tls" || u.User.Username() != "gateway-afar" || password != there.secretData("nats-users")["GATEWAY_AFAR_PASSWORD"] {
					t.Errorf("%s of %s does not get in at %s", of, name, other)
				}
				namespace := there.deployments["gateway"].Namespace
				if u.Host != "nats."+namespace+":4222" || there.services["nats"].Namespace != namespace {
					t.Errorf("%s of %s looks for %s at %s; it is in %s", of, name, other, u.Host, namespace)
				}
				block, _ := pem.Decode([]byte(there.secretData("nats-tls")["tls.crt"]))
				if block == nil {
					t.Fatalf("%s has no certificate", other)
				}
				certificate, err := x509.ParseCertificate(block.Bytes)
				if err != nil {
					t.Fatal(err)
				}
				if err := certificate.VerifyHostname(u.Hostname()); err != nil {
					t.Error(err)
				}
			}
		}
	}
	if len(lists) != 1 || len(keys) != 1 || keys[""] {
		t.Errorf("%d lists of regions, %d keys", len(lists), len(keys))
	}
	if all["eu"].deployments["gateway"].Namespace == all["ap"].deployments["gateway"].Namespace {
		t.Error("both are in one namespace")
	}
}
