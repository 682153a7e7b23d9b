package node

import (
	"encoding/json"
	"slices"
	"testing"

	proxy "k8s.io/kube-proxy/config/v1alpha1"
	kubelet "k8s.io/kubelet/config/v1beta1"
	strict "sigs.k8s.io/json"
)

func testNode(t *testing.T) *Node {
	t.Helper()
	n, err := New(&Cluster{Dir: t.TempDir(), Kubeconfig: "/k", Authority: "/ca", Pods: AllPods, DNS: DNS, Count: 3}, 2)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A program silently ignores fields that it does not know.
func TestSettingsAreThoseOfTheirPrograms(t *testing.T) {
	n := testNode(t)
	files, err := n.configs()
	if err != nil {
		t.Fatal(err)
	}
	var k kubelet.KubeletConfiguration
	decode(t, files["kubelet.json"], &k)
	if k.CgroupRoot != "/parley-n2" || k.ClusterDNS[0] != DNS || k.Authentication.X509.ClientCAFile != "/ca" {
		t.Errorf("the kubelet's settings are %+v", k)
	}
	var p proxy.KubeProxyConfiguration
	decode(t, files["proxy.json"], &p)
	if p.HostnameOverride != n.Name || p.ClusterCIDR != AllPods || p.ClientConnection.Kubeconfig != "/k" {
		t.Errorf("kube-proxy's settings are %+v", p)
	}
	var list struct {
		Name    string
		Plugins []struct {
			Type string
			IPAM struct{ Subnet string }
		}
	}
	if err := json.Unmarshal(files["cni/10-pods.conflist"], &list); err != nil || list.Plugins[0].IPAM.Subnet != "10.243.2.0/24" {
		t.Errorf("the pods' network is %+v: %v", list, err)
	}
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	faults, err := strict.UnmarshalStrict(text, into)
	if err != nil || len(faults) > 0 {
		t.Fatalf("%s: %v %v", text, faults, err)
	}
}

func TestMountsAreFoundFromTheDeepestOn(t *testing.T) {
	const text = "proc /proc proc rw 0 0\n" +
		"tmpfs /run/parley-n1/a tmpfs rw 0 0\n" +
		"tmpfs /run/parley-n1/a/b\\040c tmpfs rw 0 0\n" +
		"tmpfs /run/parley-n11/x tmpfs rw 0 0\n"
	if got := below(text, []string{"/run/parley-n1"}); !slices.Equal(got, []string{"/run/parley-n1/a/b c", "/run/parley-n1/a"}) {
		t.Errorf("%q", got)
	}
}
