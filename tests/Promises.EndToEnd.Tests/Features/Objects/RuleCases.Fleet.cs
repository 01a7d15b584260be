using Promises.Model;

namespace Promises.EndToEnd.Tests.Features.Objects;

internal static partial class RuleCases
{
    private static IEnumerable<RuleCase> OfPromises() =>
    [
        new(Rules.PlacementMissing, "no placement", "POST /promises", """{"metadata": {"name": "x"}, "spec": {}}""", "/spec/placement", "exactly one"),
        new(Rules.PlacementAmbiguous, "two at once", "POST /promises", Placed("""{"allClusters": true, "onlyIncluded": true}"""), "/spec/placement", "exactly one"),
        new(Rules.EmptySelector, "no condition", "POST /promises", Placed("""{"clusterSelector": {}}"""), "/spec/placement/clusterSelector", "allClusters: true"),
        new(Rules.Selector, "In without values", "POST /promises", Placed("""{"clusterSelector": {"matchExpressions": [{"key": "team", "operator": "In"}]}}"""),
            "/spec/placement/clusterSelector/matchExpressions/0/values", "at least one value"),
        new(Rules.Selector, "an operator of other systems", "POST /promises", Placed("""{"clusterSelector": {"matchExpressions": [{"key": "team", "operator": "Gt", "values": ["1"]}]}}"""),
            "/spec/placement/clusterSelector/matchExpressions/0/operator", "In, NotIn, Exists or DoesNotExist"),
        new(Rules.Version, "not semantic", "POST /promises", Promise("\"version\": \"1.x\""), "/spec/version", "semantic version"),
        new(Rules.VersionRange, "a caret", "POST /promises", Promise("""  "requires": [{"promise": "base", "version": "^1.2.3"}]"""), "/spec/requires/0/version", "Write >=1.2.3 <2.0.0."),
        new(Rules.VersionRange, "a tilde", "POST /promises", Promise("""  "includes": [{"promise": "base", "version": "~1.2"}]"""), "/spec/includes/0/version", "Write >=1.2.0 <1.3.0."),
        new(Rules.VersionRange, "alternatives", "POST /promises", Promise("""  "requires": [{"promise": "base", "version": ">=1.0.0 || >=3.0.0"}]"""), "/spec/requires/0/version", "comparators"),
        new(Rules.UnknownPromise, "a requirement", "POST /promises", Promise("""  "requires": [{"promise": "nobody"}]"""), "/spec/requires/0/promise", "Publish 'nobody' first"),
        new(Rules.UnknownPromise, "a member", "POST /promises", Promise("""  "includes": [{"promise": "nobody"}]"""), "/spec/includes/0/promise", "Publish 'nobody' first"),
        new(Rules.UnknownPromise, "without a pin", "POST /promotions", """{"spec": {"from": "ops", "to": "apps", "promises": ["nobody"]}}""", "/spec/promises/0", "nobody"),
        new(Rules.Cycle, "by way of another", "PUT /promises/base", """{"spec": {"placement": {"onlyIncluded": true}, "requires": [{"promise": "above"}]}}""", "/spec/requires", "take one of these references out"),
        new(Rules.Cycle, "itself", "POST /promises", Promise("""  "includes": [{"promise": "x"}]"""), "/spec/includes/0/promise", "cannot name itself"),
        new(Rules.DuplicateKey, "one requirement twice", "POST /promises", Promise("""  "requires": [{"promise": "base"}, {"promise": "base"}]"""), "/spec/requires/1/promise", "keep one"),
        new(Rules.NotSupportedYet, "configuration", "POST /promises", Promise("""  "config": {"schema": {}}"""), "/spec/config", "leave it out"),
    ];

    private static IEnumerable<RuleCase> OfDependencies() =>
    [
        new(Rules.ObjectIdentity, "no kind", "POST /promises", Depending("""{"apiVersion": "v1", "metadata": {"name": "a"}}"""), "/spec/dependencies/0/kind", "kind of the object"),
        new(Rules.ObjectIdentity, "no name", "POST /promises", Depending("""{"apiVersion": "v1", "kind": "ConfigMap"}"""), "/spec/dependencies/0/metadata/name", "metadata.name"),
        new(Rules.GenerateName, "a name made elsewhere", "POST /promises", Depending("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}}"""),
            "/spec/dependencies/0/metadata/generateName", "fixed name"),
        new(Rules.DuplicateObject, "the same namespace, said and not said", "POST /promises",
            Depending("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}}"""),
            "/spec/dependencies/1", "keep one of them"),
        new(Rules.DuplicateObject, "within a List", "POST /promises",
            Depending("""{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}]}"""),
            "/spec/dependencies/0/items/1", "keep one of them"),
        new(Rules.DuplicateObject, "twice in a stream", "POST /apply",
            """[{"apiVersion": "promises.dev/v1alpha1", "kind": "Cluster", "metadata": {"name": "x"}}, {"apiVersion": "promises.dev/v1alpha1", "kind": "Cluster", "metadata": {"name": "x"}}]""",
            "/metadata/name", "once"),
        new(Rules.SecretData, "data", "POST /promises", Depending("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "aHVudGVyMg=="}}"""),
            "/spec/dependencies/0/data", "?allowSecret=default/s") { Secret = "aHVudGVyMg" },
        new(Rules.SecretData, "another one is allowed", "POST /promises?allowSecret=default/t",
            Depending("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "n"}, "stringData": {"k": "hunter2"}}"""),
            "/spec/dependencies/0/stringData", "?allowSecret=n/s") { Secret = "hunter2" },
        new(Rules.WrongType, "data that is no text", "POST /promises", Depending("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"n": 1}}"""),
            "/spec/dependencies/0/data/n", "put it in quotes"),
    ];

    private static IEnumerable<RuleCase> OfClusters() =>
    [
        new(Rules.UnknownEnvironment, "of a cluster", "POST /clusters", Cluster("""{"environment": "nowhere"}"""), "/spec/environment", "ops, apps"),
        new(Rules.UnknownEnvironment, "of a promotion", "POST /promotions", """{"spec": {"from": "nowhere", "to": "apps", "all": true}}""", "/spec/from", "ops, apps"),
        new(Rules.UnknownStateStore, "of a cluster", "POST /clusters", Cluster("""{"stateStore": {"name": "nowhere"}}"""), "/spec/stateStore/name", "GET /state-stores"),
        new(Rules.Path, "upwards", "POST /clusters", Cluster("""{"stateStore": {"path": "a/../b"}}"""), "/spec/stateStore/path", "'..'"),
        new(Rules.Path, "absolute", "POST /clusters", Cluster("""{"stateStore": {"path": "/etc"}}"""), "/spec/stateStore/path", "relative"),
        new(Rules.Path, "git's own", "POST /clusters", Cluster("""{"stateStore": {"path": "a/.GIT/hooks"}}"""), "/spec/stateStore/path", ".git"),
        new(Rules.PathInUse, "the same", "POST /clusters", Cluster("""{"stateStore": {"path": "sites/taken"}}"""), "/spec/stateStore/path", "'taken'"),
        new(Rules.PathInUse, "around it", "POST /clusters", Cluster("""{"stateStore": {"path": "sites"}}"""), "/spec/stateStore/path", "'taken'"),
        new(Rules.PathInUse, "within it", "POST /clusters", Cluster("""{"stateStore": {"path": "sites/taken/deeper"}}"""), "/spec/stateStore/path", "'taken'"),
        new(Rules.PathInUse, "the repository spelt otherwise", "POST /clusters", Cluster("""{"stateStore": {"name": "spelt", "path": "pre/far"}}"""), "/spec/stateStore/path", "'far' (state store 'first')"),
        new(Rules.PathInUse, "the repository over ssh", "POST /clusters", Cluster("""{"stateStore": {"name": "scp", "path": "far"}}"""), "/spec/stateStore/path", "'far' (state store 'first')"),
        new(Rules.Immutable, "the environment", "PATCH /clusters/taken", """{"spec": {"environment": "apps"}}""", "/spec/environment", "'ops' for good"),
        new(Rules.Immutable, "the store", "PATCH /clusters/taken", """{"spec": {"stateStore": {"name": "first"}}}""", "/spec/stateStore/name", "'default' for good"),
        new(Rules.Immutable, "the path", "PUT /clusters/taken", """{"spec": {"stateStore": {"path": "elsewhere"}}}""", "/spec/stateStore/path", "'sites/taken' for good"),
        new(Rules.Immutable, "the name", "PUT /clusters/taken", """{"metadata": {"name": "other"}}""", "/metadata/name", "send 'taken'"),
    ];

    private static IEnumerable<RuleCase> OfStores() =>
    [
        new(Rules.UnknownCredential, "of a store", "POST /state-stores", Store("""{"url": "https://git.invalid/a.git", "credentialsRef": "nobody"}"""), "/spec/git/credentialsRef", "POST /credentials"),
        new(Rules.Url, "a helper of git", "POST /state-stores", Store("""{"url": "ext::sh -c id"}"""), "/spec/git/url", "helpers and options are refused"),
        new(Rules.Url, "an option of git", "POST /state-stores", Store("""{"url": "--upload-pack=id"}"""), "/spec/git/url", "helpers and options are refused"),
        new(Rules.Url, "link-local", "POST /state-stores", Store("""{"url": "http://169.254.169.254/a.git"}"""), "/spec/git/url", "Link-local"),
        new(Rules.Url, "link-local over ssh", "POST /state-stores", Store("""{"url": "git@[fe80::1]:a.git", "credentialsRef": "key"}"""), "/spec/git/url", "Link-local"),
        new(Rules.Url, "a password in it", "POST /state-stores", Store("""{"url": "https://me:hunter2@git.invalid/a.git"}"""), "/spec/git/url", "credentialsRef") { Secret = "hunter2" },
        new(Rules.Url, "no repository there", "POST /state-stores", Store("""{"url": "file:///nowhere/at/all.git"}"""), "/spec/git/url", "git init --bare"),
        new(Rules.Branch, "like an option", "POST /state-stores", Store("""{"url": "https://git.invalid/a.git", "branch": "--force"}"""), "/spec/git/branch", "not beginning with -"),
        new(Rules.Branch, "a whole reference", "POST /state-stores", Store("""{"url": "https://git.invalid/a.git", "branch": "refs/heads/main"}"""), "/spec/git/branch", "short name"),
        new(Rules.Path, "before every cluster's", "POST /state-stores", Store("""{"url": "https://git.invalid/a.git", "path": "../a"}"""), "/spec/git/path", "'..'"),
        new(Rules.Immutable, "the path of a store in use", "PATCH /state-stores/first", """{"spec": {"git": {"path": "moved"}}}""", "/spec/git/path", "while clusters use the store"),
        new(Rules.Enum, "a layout", "POST /state-stores", """{"metadata": {"name": "x"}, "spec": {"layout": "flat"}}""", "/spec/layout", "placements or kratix"),
        new(Rules.WrongType, "no private key", "POST /credentials", """{"metadata": {"name": "x"}, "spec": {"type": "ssh", "privateKey": "hunter2"}}""", "/spec/privateKey", "whole file") { Secret = "hunter2" },
        new(Rules.WrongType, "no certificate", "POST /credentials", """{"metadata": {"name": "x"}, "spec": {"token": "t", "caCertificate": "hunter2"}}""", "/spec/caCertificate", "BEGIN CERTIFICATE") { Secret = "hunter2" },
        new(Rules.UnknownCredential, "a token over ssh", "POST /state-stores", Store("""{"url": "git@git.invalid:a.git", "credentialsRef": "token"}"""), "/spec/git/credentialsRef", "has type token"),
        new(Rules.UnknownCredential, "a key that only signs", "POST /state-stores", Store("""{"url": "git@git.invalid:a.git", "credentialsRef": "signer"}"""), "/spec/git/credentialsRef", "knownHosts"),
        new(Rules.UnknownCredential, "a key over https", "POST /state-stores", Store("""{"url": "https://git.invalid/a.git", "credentialsRef": "key"}"""), "/spec/git/credentialsRef", "has type ssh"),
        new(Rules.UnknownCredential, "nobody to sign", "POST /state-stores", Store("""{"url": "https://git.invalid/a.git", "signingKeyRef": "nobody"}"""), "/spec/git/signingKeyRef", "POST /credentials"),
        new(Rules.UnknownCredential, "a token to sign with", "POST /state-stores", Store("""{"url": "https://git.invalid/a.git", "signingKeyRef": "token"}"""), "/spec/git/signingKeyRef", "has type token"),
        new(Rules.Required, "a key for ssh", "POST /state-stores", Store("""{"url": "git@git.invalid:a.git"}"""), "/spec/git/credentialsRef", "type ssh"),
        new(Rules.Required, "known hosts of a store in use", "PATCH /credentials/key", """{"spec": {"knownHosts": null}}""", "/spec/knownHosts", "'scp'"),
        new(Rules.Immutable, "the type of a credential in use", "PATCH /credentials/key", """{"spec": {"type": "token", "token": "hunter2", "privateKey": null, "knownHosts": null}}""", "/spec/type", "'scp'") { Secret = "hunter2" },
    ];

    private static IEnumerable<RuleCase> OfLadder() =>
    [
        new(Rules.Ladder, "a position that is taken", "POST /environments", """{"metadata": {"name": "x"}, "spec": {"position": 10, "audience": "internal"}}""", "/spec/position", "needs its own"),
        new(Rules.Ladder, "internal above external", "POST /environments", """{"metadata": {"name": "x"}, "spec": {"position": 25, "audience": "internal"}}""", "/spec/position", "below 20"),
        new(Rules.Ladder, "external below internal", "POST /environments", """{"metadata": {"name": "x"}, "spec": {"position": 5, "audience": "external"}}""", "/spec/position", "above 10"),
        new(Rules.Ladder, "none left for insiders", "PATCH /environments/ops", """{"spec": {"audience": "external"}}""", "/spec/audience", "internal environment"),
        new(Rules.NotNeighbours, "downwards", "POST /promotions", """{"spec": {"from": "apps", "to": "ops", "all": true}}""", "/spec/to", "last rung"),
        new(Rules.NotSupportedYet, "gates", "POST /environments", """{"metadata": {"name": "x"}, "spec": {"position": 5, "audience": "internal", "gates": []}}""", "/spec/gates", "leave them out"),
    ];
}
