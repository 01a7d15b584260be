using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Model.Keys;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Credentials;

/// <summary>A credential as it is shown: whose it is and how to recognise it, never what it is.</summary>
internal static class CredentialView
{
    public static JsonObject Of(Credential credential, IReadOnlyList<Warning> warnings)
    {
        var status = new JsonObject { ["fingerprint"] = credential.PublicKey is null ? credential.Fingerprint : SshPublicKey.Fingerprint(credential.PublicKey) };
        // What the Git host must be told, and whoever verifies signatures.
        if (credential.PublicKey is not null) status["publicKey"] = credential.PublicKey;
        if (credential.CaCertificate is not null)
        {
            status["caCertificates"] = new JsonArray([.. CertificateAuthority.Describe(credential.CaCertificate)
                .Select(one => (JsonNode)new JsonObject { ["subject"] = one.Subject, ["expiresAt"] = ApiJson.Time(one.ExpiresAt) })]);
        }

        status["updatedAt"] = ApiJson.Time(credential.UpdatedAt);
        return ObjectView.Of(Kinds.Credential, credential, FleetDocuments.CredentialSpecJson(credential), status, warnings);
    }
}
