import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRegistry1763798400000 implements MigrationInterface {
  readonly name = 'CreateRegistry1763798400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "Application" (
        "id" text NOT NULL,
        "name" text NOT NULL,
        "description" text,
        "appKey" text NOT NULL,
        "status" text NOT NULL DEFAULT 'ACTIVE',
        "authenticationMethod" text NOT NULL DEFAULT 'API_KEY',
        "healthCheckUrl" text,
        "healthStatus" text NOT NULL DEFAULT 'UNKNOWN',
        "lastHealthCheckAt" timestamptz(3),
        "consecutiveFailures" integer NOT NULL DEFAULT 0,
        "consecutiveSuccesses" integer NOT NULL DEFAULT 0,
        "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
        "updatedAt" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "PK_Application" PRIMARY KEY ("id"),
        CONSTRAINT "UQ_Application_appKey" UNIQUE ("appKey"),
        CONSTRAINT "CK_Application_status" CHECK ("status" IN ('ACTIVE', 'INACTIVE')),
        CONSTRAINT "CK_Application_healthStatus" CHECK ("healthStatus" IN ('UNKNOWN', 'ACTIVE', 'INACTIVE'))
      )`);
    await queryRunner.query(
      `CREATE INDEX "IX_Application_createdAt_id" ON "Application" ("createdAt", "id")`,
    );
    await queryRunner.query(`
      CREATE TABLE "Environment" (
        "id" text NOT NULL,
        "name" text NOT NULL,
        "description" text,
        "baseDomain" text,
        "status" text NOT NULL DEFAULT 'ACTIVE',
        "healthStatus" text NOT NULL DEFAULT 'UNKNOWN',
        "healthStatusChangedAt" timestamptz(3),
        "lastHealthCheckAt" timestamptz(3),
        "applicationId" text NOT NULL,
        "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
        "updatedAt" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "PK_Environment" PRIMARY KEY ("id"),
        CONSTRAINT "UQ_Environment_applicationId_name" UNIQUE ("applicationId", "name"),
        CONSTRAINT "CK_Environment_status" CHECK ("status" IN ('ACTIVE', 'INACTIVE')),
        CONSTRAINT "CK_Environment_healthStatus" CHECK ("healthStatus" IN ('UNKNOWN', 'ACTIVE', 'INACTIVE')),
        CONSTRAINT "FK_Environment_applicationId" FOREIGN KEY ("applicationId")
          REFERENCES "Application" ("id") ON DELETE CASCADE
      )`);
    await queryRunner.query(`
      CREATE TABLE "Endpoint" (
        "id" text NOT NULL,
        "name" text NOT NULL,
        "path" text NOT NULL,
        "method" text NOT NULL,
        "description" text,
        "isPublic" boolean NOT NULL DEFAULT false,
        "authType" text,
        "authConfig" json,
        "contentType" text,
        "pathParams" json,
        "queryParams" json,
        "requestBody" json,
        "responseBody" json,
        "environmentId" text NOT NULL,
        "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
        "updatedAt" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "PK_Endpoint" PRIMARY KEY ("id"),
        CONSTRAINT "UQ_Endpoint_environmentId_method_path" UNIQUE ("environmentId", "method", "path"),
        CONSTRAINT "FK_Endpoint_environmentId" FOREIGN KEY ("environmentId")
          REFERENCES "Environment" ("id") ON DELETE CASCADE
      )`);
    await queryRunner.query(`
      CREATE TABLE "ApiKey" (
        "id" text NOT NULL,
        "name" text NOT NULL,
        "selector" text,
        "hashedKey" text NOT NULL,
        "isActive" boolean NOT NULL DEFAULT true,
        "expiresAt" timestamptz(3),
        "lastUsedAt" timestamptz(3),
        "revokedAt" timestamptz(3),
        "environmentId" text NOT NULL,
        "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "PK_ApiKey" PRIMARY KEY ("id"),
        CONSTRAINT "UQ_ApiKey_selector" UNIQUE ("selector"),
        CONSTRAINT "FK_ApiKey_environmentId" FOREIGN KEY ("environmentId")
          REFERENCES "Environment" ("id") ON DELETE CASCADE
      )`);
    await queryRunner.query(`CREATE INDEX "IX_ApiKey_environmentId" ON "ApiKey" ("environmentId")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "ApiKey"`);
    await queryRunner.query(`DROP TABLE "Endpoint"`);
    await queryRunner.query(`DROP TABLE "Environment"`);
    await queryRunner.query(`DROP TABLE "Application"`);
  }
}
