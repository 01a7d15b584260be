using Microsoft.EntityFrameworkCore;
using Promises.Data.Configurations;
using Promises.Model;
using Environment = Promises.Model.Environment;

namespace Promises.Data;

/// <summary>The fleet in PostgreSQL. The schema is made by <c>migrations/</c>; the mapping here is held against it by a test.</summary>
public sealed class PromisesDb(DbContextOptions<PromisesDb> options) : DbContext(options)
{
    public DbSet<FleetRow> Fleet => Set<FleetRow>();

    public DbSet<Setting> Settings => Set<Setting>();

    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();

    public DbSet<Credential> Credentials => Set<Credential>();

    public DbSet<StateStore> StateStores => Set<StateStore>();

    public DbSet<Environment> Environments => Set<Environment>();

    public DbSet<Pin> Pins => Set<Pin>();

    public DbSet<Cluster> Clusters => Set<Cluster>();

    public DbSet<Promise> Promises => Set<Promise>();

    public DbSet<Revision> Revisions => Set<Revision>();

    public DbSet<Placement> Placements => Set<Placement>();

    public DbSet<FileManifest> FileManifests => Set<FileManifest>();

    public DbSet<ClusterDelivery> ClusterDelivery => Set<ClusterDelivery>();

    public DbSet<StoreDelivery> StoreDelivery => Set<StoreDelivery>();

    public DbSet<Proposal> Proposals => Set<Proposal>();

    public DbSet<ProposedFile> ProposedFiles => Set<ProposedFile>();

    public DbSet<Change> Changes => Set<Change>();

    public DbSet<ChangeStore> ChangeStores => Set<ChangeStore>();

    public DbSet<ChangeBranch> ChangeBranches => Set<ChangeBranch>();

    public DbSet<FleetEvent> FleetEvents => Set<FleetEvent>();

    public DbSet<Promotion> Promotions => Set<Promotion>();

    public DbSet<RemovalGrant> RemovalGrants => Set<RemovalGrant>();

    public DbSet<Hold> Holds => Set<Hold>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(PromisesDb).Assembly);

        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(SnakeCase.Of(property.Name));
        }
    }
}
