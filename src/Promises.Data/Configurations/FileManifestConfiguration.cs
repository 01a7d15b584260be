using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class FileManifestConfiguration : IEntityTypeConfiguration<FileManifest>
{
    public void Configure(EntityTypeBuilder<FileManifest> builder)
    {
        builder.ToTable("file_manifests");
        builder.HasKey(m => m.Digest);
        builder.Property(m => m.Digest).IsDigest();
        builder.Property(m => m.Files).IsJson();
    }
}
