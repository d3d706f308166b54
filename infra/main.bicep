// All that Ticklake uses on Azure: a hub, blobs, and identities that may do what they need and nothing more. No keys:
// both services refuse shared keys, so there is no connection string to leak. See docs/azure.md.
targetScope = 'resourceGroup'

@description('Part of every name; the namespace and the account must be unique in the world.')
@minLength(3)
@maxLength(14)
param name string = 'ticklake'

@description('Where everything is made.')
param location string = resourceGroup().location

@description('Partitions of the hub; they bound how many receivers share the work, and can\'t be changed later.')
@minValue(1)
@maxValue(32)
param partitions int = 4

@description('How long the hub keeps events, in hours: a receiver that is away for longer loses some.')
@minValue(1)
@maxValue(168)
param retentionHours int = 168

@description('Object id of a service principal that streams, receives and analyzes from outside Azure; none if empty.')
param servicePrincipalObjectId string = ''

var unique = take(uniqueString(resourceGroup().id, name), 6)

// ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  sender: '2b629674-e913-4c01-ae53-ef4638d8f975' // Azure Event Hubs Data Sender
  receiver: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde' // Azure Event Hubs Data Receiver
  blobWriter: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1' // Storage Blob Data Reader
}

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: '${name}-${unique}'
  location: location
  sku: {
    name: 'Standard' // Basic has no consumer groups but $Default, and keeps events for a day
    tier: 'Standard'
    capacity: 1
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
  }

  resource hub 'eventhubs' = {
    name: 'ticks'
    properties: {
      partitionCount: partitions
      retentionDescription: {
        cleanupPolicy: 'Delete'
        retentionTimeInHours: retentionHours
      }
    }

    resource receivers 'consumergroups' = {
      name: 'ticklake'
    }
  }
}

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: '${toLower(replace(name, '-', ''))}${unique}'
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource ticks 'containers' = {
      name: 'ticks'
      properties: {
        publicAccess: 'None'
      }
    }

    resource checkpoints 'containers' = {
      name: 'ticks-checkpoints'
      properties: {
        publicAccess: 'None'
      }
    }
  }
}

// One identity a task, to be given to whatever runs it: a container app, a virtual machine, a function.
var tasks = ['stream', 'receive', 'analyze']

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = [
  for task in tasks: {
    name: '${name}-${task}'
    location: location
  }
]

// Who may do what with the hub, with the ticks, and with the checkpoints; `task` counts in the list above.
var hubGrants = [
  { task: 0, role: roles.sender }
  { task: 1, role: roles.receiver }
]
var tickGrants = [
  { task: 1, role: roles.blobWriter }
  { task: 2, role: roles.blobReader }
]
var checkpointGrants = [
  { task: 1, role: roles.blobWriter }
]

resource hubRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in hubGrants: {
    name: guid(namespace::hub.id, tasks[grant.task], grant.role)
    scope: namespace::hub
    properties: {
      principalId: identities[grant.task].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

resource tickRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in tickGrants: {
    name: guid(account::blobs::ticks.id, tasks[grant.task], grant.role)
    scope: account::blobs::ticks
    properties: {
      principalId: identities[grant.task].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

resource checkpointRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in checkpointGrants: {
    name: guid(account::blobs::checkpoints.id, tasks[grant.task], grant.role)
    scope: account::blobs::checkpoints
    properties: {
      principalId: identities[grant.task].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

// The service principal does all of it, as `cron` and main.ts do.
var outside = empty(servicePrincipalObjectId) ? [] : [servicePrincipalObjectId]
var outsideHub = empty(servicePrincipalObjectId) ? [] : [roles.sender, roles.receiver]

resource outsideHubRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in outsideHub: {
    name: guid(namespace::hub.id, servicePrincipalObjectId, role)
    scope: namespace::hub
    properties: {
      principalId: servicePrincipalObjectId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource outsideTickRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in outside: {
    name: guid(account::blobs::ticks.id, principal, roles.blobWriter)
    scope: account::blobs::ticks
    properties: {
      principalId: principal
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobWriter)
    }
  }
]

resource outsideCheckpointRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in outside: {
    name: guid(account::blobs::checkpoints.id, principal, roles.blobWriter)
    scope: account::blobs::checkpoints
    properties: {
      principalId: principal
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobWriter)
    }
  }
]

// The settings of .env, by their names.
output EVENT_HUB_NAMESPACE string = namespace.name
output EVENT_HUB_NAME string = namespace::hub.name
output CONSUMER_GROUP string = namespace::hub::receivers.name
output STORAGE_ACCOUNT_URL string = 'https://${account.name}.blob.${environment().suffixes.storage}'
output STORAGE_CONTAINER_NAME string = account::blobs::ticks.name

@description('AZURE_CLIENT_ID of each task, where it runs with its managed identity.')
output clientIds array = [
  for (task, index) in tasks: {
    task: task
    AZURE_CLIENT_ID: identities[index].properties.clientId
  }
]
